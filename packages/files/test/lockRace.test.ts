import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "@mammo/files/node";
import { expect, it, vi } from "vitest";

/** Runs once, between a contender's reading of the folder and its own file: where it makes a folder for the second time. */
let meanwhile: (() => Promise<void>) | undefined;
let made = 0;
vi.mock("node:fs/promises", async (original) => {
  const disk = await original<typeof import("node:fs/promises")>();
  const mkdir = async (path: string, options: { readonly recursive: true }) => {
    if (meanwhile && ++made === 2) {
      const first = meanwhile;
      meanwhile = undefined;
      await first();
    }
    return disk.mkdir(path, options);
  };
  return { ...disk, mkdir };
});

it("a folder is not won by a contender whom others have passed meanwhile", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mammo-lock-"));
  try {
    // Two others come, one after the other, and the second one holds: the number that the slow one takes is free again.
    await writeFile(join(folder, ".lock-1"), "");
    meanwhile = async () => {
      await (await lockFolder(folder)).release();
      await lockFolder(folder);
    };
    await expect(lockFolder(folder)).rejects.toMatchObject({ name: "FilesError", code: "in-use" });
    expect(await readdir(folder)).toEqual([".lock-1"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
