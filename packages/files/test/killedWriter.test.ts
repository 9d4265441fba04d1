import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readFileIfThere, writeFileAtomically } from "@mammo/files/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The loader of TypeScript, which the root of the workspace has. */
const tsx = pathToFileURL(createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx")).href;
const program = ["--conditions=@mammo/source", "--import", tsx, fileURLToPath(new URL("./writeForever.ts", import.meta.url))];

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "mammo-files-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Some megabytes whose every number is their generation. */
const bytesOf = (generation: number) => new Uint8Array(new Float32Array(1 << 20).fill(generation).buffer);
const generationsIn = ({ buffer, byteOffset, length }: Uint8Array) => new Set(new Float32Array(buffer.slice(byteOffset, byteOffset + length)));

describe("writeFileAtomically", () => {
  it("writes, overwrites, and leaves nothing beside the file", async () => {
    const path = join(folder, "last.safetensors");
    expect(await readFileIfThere(path)).toBeUndefined();
    await writeFileAtomically(path, Uint8Array.of(1, 2, 3));
    await writeFileAtomically(path, Uint8Array.of(4));
    expect(Array.from((await readFileIfThere(path))!)).toEqual([4]);
    expect(await readdir(folder)).toEqual(["last.safetensors"]);
  });

  it.skipIf(process.platform === "win32")(
    "a disk that takes no more (a limit on file size; not on Windows) leaves the old file whole and nothing aside",
    async () => {
      const path = join(folder, "last.safetensors");
      await writeFileAtomically(path, bytesOf(0));
      const child = spawn("sh", ["-c", 'ulimit -f 1024; exec "$@"', "sh", process.execPath, ...program, path], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let told = "";
      child.stderr.on("data", (text) => (told += text));
      expect(await new Promise((resolve) => child.once("exit", resolve))).not.toBe(0);
      expect(told).toMatch(/EFBIG|ENOSPC/);
      expect([...generationsIn((await readFileIfThere(path))!)]).toEqual([0]);
      expect(await readdir(folder)).toEqual(["last.safetensors"]);
    },
  );

  it.skipIf(process.getuid?.() === 0)("a folder that may not be written (skipped for root, who may) is EACCES", async () => {
    await chmod(folder, 0o500);
    await expect(writeFileAtomically(join(folder, "file"), Uint8Array.of(1))).rejects.toMatchObject({
      code: "write-failed",
      cause: { code: "EACCES" },
    });
  });

  it("killed with SIGKILL at any moment, the file is a whole old or new one", async () => {
    const path = join(folder, "last.safetensors");
    await writeFileAtomically(path, bytesOf(0));
    let newest = 0;
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [...program, path], { stdio: ["ignore", "pipe", "inherit"] });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, 15 + round * 11));
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      const generations = generationsIn((await readFileIfThere(path))!);
      expect(generations.size).toBe(1);
      newest = Math.max(newest, ...generations);
    }
    expect(newest).toBeGreaterThan(0);
  });
});
