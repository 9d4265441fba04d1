import { DicomError } from "./dicomError.ts";

/** Bytes that can be read piece by piece, so that a large file is never in memory as a whole. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `from` to before `to`, both within the size; fewer mean that the source has shrunk. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** What files are read from: bytes in memory, a Blob (in browsers: a dropped File), or anything that reads by ranges. */
export type Readable = Uint8Array | Blob | ByteSource;

/** Bytes, a Blob or a source -> a source. */
export function sourceOf(readable: Readable): ByteSource {
  if (readable instanceof Uint8Array) return { size: readable.length, read: async (from, to) => readable.subarray(from, to) };
  if (!(readable instanceof Blob)) return readable;
  return { size: readable.size, read: async (from, to) => new Uint8Array(await readable.slice(from, to).arrayBuffer()) };
}

/** @throws DicomError `truncated` where the source gives less than it promised. */
export async function readExactly(source: ByteSource, from: number, to: number): Promise<Uint8Array> {
  const bytes = await source.read(from, to);
  if (bytes.length !== to - from) throw new DicomError("truncated", "The file has become shorter while it was read", { offset: from + bytes.length });
  return bytes;
}
