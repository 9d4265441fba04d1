import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { removeAtExit } from "@mammo/files/node";
import { build } from "esbuild";
import { type HostileFile, hostileFiles } from "./doorCorpus.ts";

/** What one hostile file came to and cost. */
export interface Cost extends Pick<HostileFile, "name" | "door" | "mayBeRead"> {
  readonly bytes: number;
  readonly code: string;
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  /** Peak of the whole process, Node itself and the file's own bytes included. */
  readonly megabytes: number;
}

/** Reads each file of the corpus (or those whose name has `only` in it) in a process of its own, which is ended after a minute. */
export async function runCorpus(on: (cost: Cost) => void = () => undefined, only = ""): Promise<readonly Cost[]> {
  // In the package's own folder: the codecs are found from there.
  const folder = mkdtempSync(join(fileURLToPath(new URL("../../node_modules/", import.meta.url)), ".hostile-"));
  const files = mkdtempSync(join(tmpdir(), "mammo-hostile-"));
  for (const one of [folder, files]) removeAtExit(one);
  try {
    const child = join(folder, "child.js");
    // Written here: what builds is a process of its own, which would write on after this one.
    const { outputFiles } = await build({
      write: false,
      entryPoints: [fileURLToPath(new URL("./child.ts", import.meta.url))],
      outdir: folder,
      bundle: true,
      splitting: true,
      conditions: ["@mammo/source"],
      format: "esm",
      // tfjs-core, behind the bundle's door, has parts in CommonJS.
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      platform: "node",
      external: ["@cornerstonejs/*", "hyparquet", "hyparquet-writer", "piscina"],
      logLevel: "error",
    });
    for (const { path, contents } of outputFiles) writeFileSync(path, contents);
    const costs: Cost[] = [];
    for (const { name, door, make, mayBeRead = false } of hostileFiles) {
      if (!`${door}: ${name}`.includes(only)) continue;
      const path = join(files, "hostile");
      const bytes = make();
      await writeFile(path, bytes);
      let found = await measure(child, path, door);
      // A neighbor on the same core makes each instruction dearer, never cheaper: the least of three is the file's own cost.
      for (let again = 0; again < 2 && found.cpuMilliseconds > 700; again++) {
        const next = await measure(child, path, door);
        if (next.cpuMilliseconds < found.cpuMilliseconds) found = next;
      }
      const cost = { name, door, mayBeRead, bytes: bytes.length, ...found };
      costs.push(cost);
      on(cost);
    }
    return costs;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(files, { recursive: true, force: true });
  }
}

function measure(child: string, path: string, door: string): Promise<Pick<Cost, "code" | "milliseconds" | "cpuMilliseconds" | "megabytes">> {
  const run = promisify(execFile)(process.execPath, ["--no-warnings", child, path, door], { timeout: 60_000 });
  const kill = () => void run.child.kill("SIGKILL");
  process.once("exit", kill);
  run.child.once("exit", () => process.off("exit", kill));
  return run.then(
    ({ stdout }) => JSON.parse(stdout),
    (error: { readonly killed?: boolean; readonly code?: unknown; readonly signal?: unknown }) => ({
      code: error.killed ? "HANGS" : `CRASH ${String(error.code ?? error.signal)}`,
      milliseconds: Number.NaN,
      cpuMilliseconds: Number.NaN,
      megabytes: Number.NaN,
    }),
  );
}
