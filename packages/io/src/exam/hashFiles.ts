import { createHash } from "node:crypto";
import { openRegularFile } from "@mammo/files/node";

/**
 * SHA-256 of a regular file in hexadecimal, in constant memory.
 *
 * @throws FilesError as `openRegularFile` of @mammo/files.
 */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const { handle } = await openRegularFile(path, { maxBytes: Number.MAX_SAFE_INTEGER });
  try {
    const piece = new Uint8Array(1 << 20);
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** SHA-256 of many files in their order, a few at a time. */
export async function hashFiles(paths: readonly string[]): Promise<readonly string[]> {
  const hashes: string[] = new Array(paths.length);
  let next = 0;
  const hashNext = async (): Promise<void> => {
    for (let index = next++; index < paths.length; index = next++) hashes[index] = await hashFile(paths[index]!);
  };
  await Promise.all(Array.from({ length: 4 }, hashNext));
  return hashes;
}
