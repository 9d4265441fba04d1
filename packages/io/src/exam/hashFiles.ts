import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of a file in hexadecimal, in constant memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
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
