// npm run fuzz: mutated files for as long as one likes, in a process that is watched; exit code 1 if anything was not as promised.
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeAtExit } from "@mammo/files/node";
import { program } from "@mammo/testing/program";
import { build } from "esbuild";
import type { Beat, Job } from "./fuzzThread.ts";

const help = `npm run fuzz -- [--seconds N] [--seed N] [--out DIR]
  --seconds  how long; 600 by default
  --seed     of the first batch of 500 files; the clock's by default. Each batch has the next seed, so that one can be repeated alone.
  --out      where files that fail are kept; runs/fuzz by default`;
const options = {
  seconds: { type: "string", default: "600" },
  seed: { type: "string", default: String(Date.now() % 2 ** 30) },
  out: { type: "string", default: "runs/fuzz" },
} as const;

await program({ help, options }, async (values) => {
  const end = performance.now() + 1000 * Number(values.seconds);
  const outcomes = new Map<string, number>();
  let [batch, executions, failures, most] = [Number(values.seed), 0, 0, 0];
  console.log(`seed ${batch}`);

  const folder = mkdtempSync(join(fileURLToPath(new URL("../../node_modules/", import.meta.url)), ".fuzz-"));
  removeAtExit(folder);
  const child = join(folder, "test", "fuzzThread.mjs");
  // Written here: what builds is a process of its own, which would write on after this one.
  const { outputFiles } = await build({
    write: false,
    entryPoints: [fileURLToPath(new URL("./fuzzThread.ts", import.meta.url))],
    outfile: child,
    bundle: true,
    conditions: ["@mammo/source"],
    format: "esm",
    // tfjs-core, behind the bundle's door, has parts in CommonJS.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    platform: "node",
    external: ["@cornerstonejs/*", "fast-check", "hyparquet", "hyparquet-writer", "piscina", "vitest"],
    define: { "import.meta.url": JSON.stringify(new URL("../breastFiles.ts", import.meta.url).href) },
    alias: { "@mammo/testing": fileURLToPath(new URL("../../../testing/src/golden.ts", import.meta.url)) },
    logLevel: "error",
  });
  mkdirSync(dirname(child), { recursive: true });
  writeFileSync(child, outputFiles[0]!.contents);
  try {
    while (performance.now() < end) await watch();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1])) console.log(`${outcome.padEnd(36)}${count}`);
  console.log(`${executions} files, batches ${values.seed} to ${batch - 1}, ${most} MB at most`);
  console.log(`bar fuzz.failures ${failures} <= 0 ${failures === 0 ? "ok" : "short"}`);
  process.exitCode = failures === 0 ? 0 : 1;

  /** One process until it fails, hangs, or time is up. */
  async function watch(): Promise<void> {
    const process_ = fork(child, { execArgv: ["--no-warnings", "--max-old-space-size=512"], stdio: ["ignore", "inherit", "pipe", "ipc"] });
    const kill = () => void process_.kill("SIGKILL");
    process.once("exit", kill);
    await new Promise<void>((resolve) => {
      let current: string | undefined;
      let timer: NodeJS.Timeout;
      const fail = async (what: string): Promise<void> => {
        failures++;
        console.log(`FAILED batch ${batch}: ${what}`);
        if (current !== undefined) {
          await mkdir(values.out, { recursive: true });
          await writeFile(join(values.out, `${batch}.bin`), Buffer.from(current, "base64"));
        }
        batch++;
        process_.kill("SIGKILL");
      };
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => void fail("no answer in 10 s"), 10_000);
      };
      process_.on("message", (beat: Beat) => {
        wait();
        if (beat.kind === "begin") current = beat.file;
        if (beat.kind === "failure") {
          current = beat.file;
          void fail(beat.what);
        }
        if (beat.kind !== "batch") return;
        for (const [outcome, count] of beat.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
        executions += beat.executions;
        most = Math.max(most, beat.megabytes);
        batch++;
        if (performance.now() < end) process_.send({ seed: batch } satisfies Job);
        else process_.kill("SIGKILL");
      });
      process_.on("exit", (code, signal) => {
        process.off("exit", kill);
        clearTimeout(timer);
        if (signal !== "SIGKILL") void fail(`the process ended with ${code ?? signal}`);
        resolve();
      });
      wait();
      process_.send({ seed: batch } satisfies Job);
    });
  }
});
