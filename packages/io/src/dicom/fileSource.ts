import { open } from "node:fs/promises";
import type { ByteSource } from "./byteSource.ts";

/**
 * A file of the disk as a source that is read by ranges. Close it when done.
 *
 * @throws what `node:fs` throws for a file that cannot be opened.
 * @example
 * const source = await fileSource("stack.dcm");
 * for await (const cells of readFrames(await parseDicom(source))) show(cells);
 * await source.close();
 */
export async function fileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const handle = await open(path);
  const { size } = await handle.stat();
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
