import { openRegularFile } from "@mammo/files/node";
import type { ByteSource } from "./byteSource.ts";

/**
 * A file of the disk as a source that is read by ranges. Close it when done.
 *
 * @throws FilesError of `@mammo/files` for what cannot be opened or is no regular file.
 * @example
 * const source = await fileSource("stack.dcm");
 * for await (const storedValues of readFrames(await parseDicom(source))) show(storedValues);
 * await source.close();
 */
export async function fileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const { handle, size } = await openRegularFile(path, { maxBytes: Number.MAX_SAFE_INTEGER });
  return {
    size,
    async read(from, to) {
      const bytes = new Uint8Array(to - from);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    close: () => handle.close(),
  };
}
