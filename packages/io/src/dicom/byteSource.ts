import { DicomError } from "./dicomError.ts";

/** Bytes that can be read piece by piece, so that a large file is never in memory as a whole. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `from` to before `to`, both within the size; fewer mean that the source has shrunk. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** What files are read from: bytes in memory, a Blob (in browsers: a dropped File), or anything that reads by ranges. */
export type Readable = Uint8Array | ArrayBuffer | Blob | ByteSource;

/**
 * Bytes, a Blob or a source -> a source.
 *
 * @throws DicomError `not-a-file` for anything else.
 */
export function sourceOf(readable: Readable): ByteSource {
  const bytes = bytesIn(readable);
  if (bytes) return { size: bytes.length, read: async (from, to) => bytes.subarray(from, to) };
  if (!(readable instanceof Blob)) return isSource(readable) ? readable : requireReadable(readable);
  return { size: readable.size, read: async (from, to) => new Uint8Array(await readable.slice(from, to).arrayBuffer()) };
}

/** The bytes that a readable holds in memory, without a copy; undefined where it holds none. */
export function bytesIn(readable: unknown): Uint8Array | undefined {
  if (readable instanceof Uint8Array) return readable;
  if (ArrayBuffer.isView(readable)) return new Uint8Array(readable.buffer, readable.byteOffset, readable.byteLength);
  const isBuffer = readable instanceof ArrayBuffer || Object.prototype.toString.call(readable) === "[object ArrayBuffer]";
  return isBuffer ? new Uint8Array(readable as ArrayBuffer) : undefined;
}

const isSource = (value: unknown): value is ByteSource =>
  typeof value === "object" &&
  value !== null &&
  "size" in value &&
  typeof value.size === "number" &&
  "read" in value &&
  typeof value.read === "function";

/** @throws DicomError `not-a-file`, which says what came and what to do. */
export function requireReadable(value: unknown): never {
  const isPromise = typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
  const [what, remedy] =
    typeof value === "string"
      ? ["text", ": a path is read by readFile(path), or opened by await fileSource(path) of @mammo/io/node"]
      : isPromise
        ? ["a promise", ": await it first"]
        : [value === null ? "null" : Array.isArray(value) ? "a list" : typeof value, ""];
  throw new DicomError("not-a-file", `Expected a file as bytes, Blob or source, got ${what}${remedy}`);
}

/** @throws DicomError `truncated` where the source gives less than it promised. */
export async function readExactly(source: ByteSource, from: number, to: number): Promise<Uint8Array> {
  const bytes = await source.read(from, to);
  if (bytes.length !== to - from) throw new DicomError("truncated", "The file has become shorter while it was read", { offset: from + bytes.length });
  return bytes;
}
