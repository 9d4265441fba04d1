import { DicomError } from "../dicomError.ts";

/**
 * Inflates a raw deflate stream, in Node and in browsers, never beyond `maxBytes`.
 *
 * A stream that breaks off gives what came before: the data set's own walk then finds out whether anything is missing. (DICOM pads the stream to even length, which strict inflaters call an error.)
 * @throws DicomError `limit-exceeded`, or `corrupt-pixels` if nothing came out at all.
 */
export async function inflateRaw(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const stream = new DecompressionStream("deflate-raw");
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
    if (size === 0) throw new DicomError("invalid-structure", "Expected a deflated data set", { cause });
  }
  if (size > maxBytes) {
    reader.cancel().catch(() => undefined);
    writer.abort().catch(() => undefined);
    throw new DicomError("limit-exceeded", `Expected a data set of at most ${maxBytes} bytes once inflated`);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
