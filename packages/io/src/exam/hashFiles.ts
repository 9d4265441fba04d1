import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of a file, in constant memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** SHA-256 of many files in their order, a few at a time. */
export async function hashFiles(paths: readonly string[]): Promise<readonly string[]> {
  const hashes: string[] = new Array(paths.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < paths.length; index = next++) hashes[index] = await hashFile(paths[index]!);
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return hashes;
}

/** The hash that names a cohort: of the lines "hash  name", sorted by name, as `sha256sum` prints them. */
export function hashManifest(entries: readonly { readonly name: string; readonly sha256: string }[]): string {
  const lines = entries.map(({ name, sha256 }) => ({ name, line: `${sha256}  ${name}\n` })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return createHash("sha256")
    .update(lines.map(({ line }) => line).join(""))
    .digest("hex");
}
