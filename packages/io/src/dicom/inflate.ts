import { DicomError } from "./dicomError.ts";

/** What is inflated, and how much may come out. */
interface InflateOptions {
  readonly maxBytes: number;
  readonly format: "deflate-raw" | "deflate";
  readonly offset?: number;
}

/** Small streams are many, and a machinery of their own costs each more than its bytes. */
const smallBytes = 2 ** 20;

/**
 * Inflates a deflate stream, raw or in zlib's frame, in Node and in browsers, never beyond `maxBytes`.
 *
 * A stream that breaks off gives what came before: the caller finds out whether anything is missing. (DICOM pads the stream to even length, which strict inflaters call an error.)
 * @throws DicomError `limit-exceeded`, or `invalid-structure` if nothing came out at all; `offset` is where the stream stands in its file.
 */
export async function inflate(bytes: Uint8Array, options: InflateOptions): Promise<Uint8Array> {
  const { maxBytes, offset } = options;
  const small = maxBytes <= smallBytes ? inflateSmall(bytes, options) : undefined;
  if (small) return small;
  // Memory that nobody has written to is not the process's yet.
  const all = new Uint8Array(maxBytes);
  let size = 0;
  try {
    for await (const chunk of chunksOf(bytes, options)) {
      if (size + chunk.length > maxBytes) throw tooMuch(options);
      all.set(chunk, size);
      size += chunk.length;
    }
  } catch (cause) {
    if (cause instanceof DicomError) throw cause;
    if (size === 0) throw new DicomError("invalid-structure", "Expected deflated bytes", { cause, ...(offset === undefined ? {} : { offset }) });
  }
  return 2 * size < maxBytes ? all.slice(0, size) : all.subarray(0, size);
}

const tooMuch = ({ maxBytes, offset }: InflateOptions): DicomError =>
  new DicomError("limit-exceeded", `Expected at most ${maxBytes} bytes once inflated`, offset === undefined ? {} : { offset });

/** Node's own zlib, where this is Node: its streams give pieces of any size, those of the web 16 KiB, each of which costs a tenth of a millisecond. */
const zlib = (): typeof import("node:zlib") | undefined => globalThis.process?.getBuiltinModule?.("node:zlib");

/** All at once; undefined where there is no zlib here, and where the stream breaks off in an error. */
function inflateSmall(bytes: Uint8Array, options: InflateOptions): Uint8Array | undefined {
  const node = zlib();
  if (!node) return undefined;
  const settings = { maxOutputLength: options.maxBytes, finishFlush: node.constants.Z_SYNC_FLUSH };
  try {
    return options.format === "deflate" ? node.inflateSync(bytes, settings) : node.inflateRawSync(bytes, settings);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooMuch(options);
    return undefined;
  }
}

/** What comes out, piece by piece; ended by the caller, the stream ends. */
async function* chunksOf(bytes: Uint8Array, { format }: InflateOptions): AsyncGenerator<Uint8Array> {
  const node = zlib();
  if (node) {
    const settings = { chunkSize: 2 ** 20, finishFlush: node.constants.Z_SYNC_FLUSH };
    const stream = format === "deflate" ? node.createInflate(settings) : node.createInflateRaw(settings);
    stream.end(bytes);
    for await (const chunk of stream) yield chunk as Uint8Array;
    return;
  }
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  writer
    .write(bytes as Uint8Array<ArrayBuffer>)
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    reader.cancel().catch(() => undefined);
    writer.abort().catch(() => undefined);
  }
}
