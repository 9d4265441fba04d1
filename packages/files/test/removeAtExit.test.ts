import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The loader of TypeScript, which the root of the workspace has. */
const tsx = pathToFileURL(createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx")).href;
const program = ["--conditions=@mammo/source", "--import", tsx, fileURLToPath(new URL("./endsAnywhere.ts", import.meta.url))];

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "mammo-files-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === "win32")("a process that ends (not on Windows)", () => {
  // MAMMO_LONG=1: at thirty instants.
  const instants = process.env["MAMMO_LONG"] === "1" ? 30 : 4;
  it(`at ${instants} instants leaves no lock, no mark and no unfinished file`, async () => {
    for (let instant = 0; instant < instants; instant++) {
      const child = spawn(process.execPath, [...program, folder], { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, 7 * instant + Math.random() * 7));
      child.kill("SIGTERM");
      expect((await once(child, "exit"))[0]).toBe(143);
      expect(await readdir(folder, { recursive: true })).toEqual([]);
    }
  });
});
