import { open, rename, rm } from "node:fs/promises";

/** Writes a file aside, flushes it and renames it: whoever sees the file sees all of it. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const aside = `${path}.${process.pid}.part`;
  try {
    const file = await open(aside, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true });
    throw cause;
  }
}
