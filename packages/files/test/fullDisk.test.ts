import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountSmall } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFileAtomically } from "../src/node/atomicFile.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("writeFileAtomically", () => {
  it("makes the folders on the way and leaves nothing aside", async () => {
    await writeFileAtomically(join(folder, "a", "b.txt"), "whole");
    expect(await readFile(join(folder, "a", "b.txt"), "utf8")).toBe("whole");
    expect(await readdir(join(folder, "a"))).toEqual(["b.txt"]);
  });
  it("on a full disk says so in one line, keeps the old file and leaves no part", async (context) => {
    const small = join(folder, "small");
    await mkdir(small);
    if (!mountSmall(small)) context.skip("a file system of 1 MiB cannot be mounted here: needs root on Linux");
    try {
      await writeFileAtomically(join(small, "kept"), "old");
      await expect(writeFileAtomically(join(small, "kept"), new Uint8Array(4 << 20))).rejects.toMatchObject({
        code: "write-failed",
        message: expect.stringContaining("ENOSPC"),
      });
      expect(await readFile(join(small, "kept"), "utf8")).toBe("old");
      expect(await readdir(small)).toEqual(["kept"]);
    } finally {
      execFileSync("umount", [small]);
    }
  });
});
