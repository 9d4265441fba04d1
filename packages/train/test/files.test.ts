import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { decodeSafetensors, encodeSafetensors } from "@mammo/train";
import { loadBytes, saveBytes } from "@mammo/train/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The loader of TypeScript, which the root of the workspace has. */
const tsx = pathToFileURL(createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx")).href;

const saveForever = fileURLToPath(new URL("./saveForever.ts", import.meta.url));

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "mammo-train-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("saveBytes", () => {
  it("writes, overwrites, and leaves nothing beside the file", async () => {
    const path = join(folder, "last.safetensors");
    await saveBytes(path, Uint8Array.of(1, 2, 3));
    await saveBytes(path, Uint8Array.of(4));
    expect(await loadBytes(path)).toEqual(Buffer.of(4));
    expect(await readdir(folder)).toEqual(["last.safetensors"]);
  });

  it.skipIf(process.platform === "win32")(
    "a disk that takes no more (a limit on file size; not on Windows) leaves the old file whole and nothing aside",
    async () => {
      const path = join(folder, "last.safetensors");
      await saveBytes(path, fileOf(0));
      const child = spawn("sh", ["-c", 'ulimit -f 1024; exec "$@"', "sh", process.execPath, "--import", tsx, saveForever, path], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let told = "";
      child.stderr.on("data", (text) => (told += text));
      expect(await new Promise((resolve) => child.once("exit", resolve))).not.toBe(0);
      expect(told).toMatch(/EFBIG|ENOSPC/);
      expect(Buffer.compare((await loadBytes(path))!, fileOf(0))).toBe(0);
      expect(await readdir(folder)).toEqual(["last.safetensors"]);
    },
  );

  it.skipIf(process.getuid?.() === 0)("a folder that may not be written (skipped for root, who may) is EACCES", async () => {
    await chmod(folder, 0o500);
    await expect(saveBytes(join(folder, "file"), Uint8Array.of(1))).rejects.toMatchObject({ code: "EACCES" });
  });

  it("killed with SIGKILL at any moment, the file is a whole old or new one", async () => {
    const path = join(folder, "last.safetensors");
    await saveBytes(path, fileOf(0));
    let generations = 0;
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, ["--import", tsx, saveForever, path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, 15 + round * 11));
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      const { data } = decodeSafetensors((await loadBytes(path))!).arrays["generation"]!;
      expect(new Set(data as Float32Array).size).toBe(1);
      generations = Math.max(generations, Number(data[0]));
    }
    expect(generations).toBeGreaterThan(0);
  });
});

describe("loadBytes", () => {
  it("gives undefined where no file is, and throws for a folder", async () => {
    expect(await loadBytes(join(folder, "none"))).toBeUndefined();
    await expect(loadBytes(folder)).rejects.toMatchObject({ code: "EISDIR" });
  });
});

/** A checkpoint of some megabytes whose every number is its generation. */
function fileOf(generation: number): Uint8Array {
  return encodeSafetensors({ arrays: { generation: { shape: [1 << 20], data: new Float32Array(1 << 20).fill(generation) } }, metadata: {} });
}
