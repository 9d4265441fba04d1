import { DicomError } from "./dicomError.ts";

/**
 * Inflates a deflate stream, raw or in zlib's frame, in Node and in browsers, never beyond `maxBytes`.
 *
 * A stream that breaks off gives what came before: the caller finds out whether anything is missing. (DICOM pads the stream to even length, which strict inflaters call an error.)
 * @throws DicomError `limit-exceeded`, or `invalid-structure` if nothing came out at all; `offset` is where the stream stands in its file.
 */
export async function inflate(
  bytes: Uint8Array,
  options: { readonly maxBytes: number; readonly format: "deflate-raw" | "deflate"; readonly offset?: number },
): Promise<Uint8Array> {
  const { maxBytes, format, offset } = options;
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes as Uint8Array<ArrayBuffer>).then(() => writer.close());
  written.catch(() => undefined);
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > maxBytes) break;
      chunks.push(value);
    }
  } catch (cause) {
    if (size === 0) throw new DicomError("invalid-structure", "Expected deflated bytes", { cause, ...(offset === undefined ? {} : { offset }) });
  }
  if (size > maxBytes) {
    reader.cancel().catch(() => undefined);
    writer.abort().catch(() => undefined);
    throw new DicomError("limit-exceeded", `Expected at most ${maxBytes} bytes once inflated`, offset === undefined ? {} : { offset });
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
