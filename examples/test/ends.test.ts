// Every `npm run` program: what --help says, and how Ctrl-C and `kill` end it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keyedRandom } from "@mammo/mammogram";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { dataFolder } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveUntrained } from "./untrainedBundle.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Readonly<Record<string, string>> };
const names = Object.keys(scripts);
const long = process.env["MAMMO_LONG"] === "1";

let folder = "";
const at = (...parts: readonly string[]): string => join(folder, ...parts);

/** As `npm run NAME -- ARGUMENTS`, in a process group of its own. */
function start(name: string, argv: readonly string[], temporary = tmpdir()) {
  const [program, ...rest] = scripts[name]!.split(" ");
  expect(program).toBe("node");
  const child = spawn(process.execPath, [...rest, ...argv], {
    cwd: root,
    detached: true,
    env: { ...process.env, INIT_CWD: folder, TMPDIR: temporary },
  });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (chunk) => (texts[stream] += chunk));
  return { child, texts, ended: once(child, "exit").then(([status]) => status as number) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-ends-"));
  await mkdir(at("in"));
  await mkdir(at("many"));
  const device: Device = { ...devices.aldebaranFull, rows: 300, columns: 200, mmPerPixel: 1 };
  const rows = ["path,woman,laterality,view,cancer"];
  for (let woman = 1; woman <= 6; woman++) {
    const bytes = encodeDicom(renderView({ seed: 5, woman, exam: 1, image: 1, laterality: "L", view: "CC", device, lesions: [] }));
    await writeFile(at("in", `${woman}.dcm`), bytes);
    for (let copy = 0; copy < 6; copy++) await writeFile(at("many", `${woman}-${copy}.dcm`), bytes);
    rows.push(`${woman}.dcm,${woman},L,CC,${woman % 2}`);
  }
  await writeFile(at("in", "table.csv"), `${rows.join("\n")}\n`);
  const random = keyedRandom(1, "ends");
  const scored = Array.from({ length: 4000 }, (_, i) => `${i >> 1}\t${"LR"[i % 2]}\t${random.uniform().toFixed(4)}\t${i % 7 === 0 ? 1 : 0}`);
  await writeFile(at("scored.tsv"), `subjectId\tlaterality\tconfidence\tcancer\n${scored.join("\n")}\n`);
  await saveUntrained(at("bundle"), { slope: 1, intercept: 0 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a reader that ends first", () => {
  it("ends the program without an error, with 141", { timeout: 120_000 }, async () => {
    const { child, texts, ended } = start("evaluate", [at("scored.tsv"), "--resamples", "50"]);
    child.stdout.destroy();
    expect(await ended).toBe(141);
    expect(texts.stderr).not.toContain("error");
  });
});

describe("--help", () => {
  it.concurrent.each(names)("%s: says how it is called, and does nothing else", { timeout: 120_000 }, async (name) => {
    const { texts, ended } = start(name, ["--help"]);
    expect([await ended, texts.stderr]).toEqual([0, ""]);
    // Tools of others have words of their own.
    if (scripts[name]!.startsWith("node packages/tooling/tool.mjs") && name !== "floors") return void expect(texts.stdout).toMatch(/--[a-z]/);
    expect(texts.stdout).toContain(name === "test" ? "npm test" : `npm run ${name}`);
    if (!scripts[name]!.startsWith("node packages/tooling/run.mjs")) return;
    expect(texts.stdout).toMatch(/ends with 0 .* 130 .* 143/);
    expect(texts.stdout.split("\n").filter((line) => /^ {2}(--\S|[A-Z])/.test(line)).length).toBeGreaterThan(0);
  });

  it.concurrent.each(names.filter((name) => !scripts[name]!.startsWith("node packages/tooling/tool.mjs")))(
    "%s: an option that it does not know is refused with one line and 2",
    { timeout: 120_000 },
    async (name) => {
      const { texts, ended } = start(name, ["--colour"]);
      expect([await ended, texts.stdout]).toEqual([2, ""]);
      expect(texts.stderr).toMatch(/^.*--(help|colour).*\n$/);
    },
  );

  it("names --json in every program that prints results", () => {
    // What prints JSON always, serves a page, or is there to be read.
    const others = ["score", "score-exam", "score-exam-steps", "browser"];
    const programs = names.filter((name) => scripts[name]!.includes("run.mjs examples/") && !others.includes(name));
    expect(
      programs.filter(
        (name) =>
          !spawnSync(process.execPath, [...scripts[name]!.split(" ").slice(1), "--help"], { cwd: root, encoding: "utf8" }).stdout.includes("--json"),
      ),
    ).toEqual([]);
  });

  it("examples/README.md names every program that is run from source, and the exit codes", () => {
    const page = readFileSync(join(root, "examples/README.md"), "utf8");
    for (const name of names.filter((one) => scripts[one]!.includes("run.mjs examples/"))) expect(page).toContain(`npm run ${name}`);
    for (const code of [0, 1, 2, 130, 143]) expect(page).toContain(`| ${code} |`);
  });
});

/** A long run on tiny inputs: when it is told to end, and what ends well after it. */
interface Long {
  readonly argv: (out: string) => readonly string[];
  /** In what it has printed; or the run has written to its folder. */
  readonly when: RegExp | "written";
  /** How it goes on, where it can. */
  readonly again?: (out: string) => readonly string[];
  readonly skip?: boolean;
}

const training = (tiny: string) => (out: string) => [...tiny.split(" "), "--out", out];
const same = (argv: (out: string) => readonly string[]) => ({ argv, again: argv });
const runs: Readonly<Record<string, Long>> = {
  // Goes on to the same bytes: dream.test.ts.
  dream: { argv: training("--women 12 --effort 0.01 --width 0.03125 --stage S1"), when: /S1 / },
  ddsm: { argv: training("--cohort phantom --women 24 --effort 0.0003 --width 0.03125"), when: /phantom/ },
  "train-graphs": { argv: training("--women 16 --effort 0.002 --width 0.03125 --graph retinaNet"), when: /phantom|detectorNet/ },
  predict: {
    argv: (out) => ["--bundle", at("bundle"), "--cohort", "table", "--data", at("in", "table.csv"), "--out", out],
    again: (out) => ["--bundle", at("bundle"), "--cohort", "table", "--data", at("in", "table.csv"), "--out", out, "--resume"],
    when: /backend: /,
  },
  probe: { argv: (out) => ["--planted", "--women", "20", "--effort", "0.01", "--out", out], when: /women to train on/ },
  score: { ...same((out) => [at("in"), "--weights", at("bundle"), "--threads", "2", "--dicom", out, "--out", `${out}.json`]), when: "written" },
  evaluate: { ...same((out) => [at("scored.tsv"), "--resamples", "3000", "--out", out]), when: "written" },
  shard: {
    ...same((out) => [at("in", "table.csv"), "--cohort", "table", "--mm-per-pixel", "1", "--images-per-shard", "1", "--threads", "1", "--out", out]),
    when: "written",
  },
  deidentify: { ...same((out) => [at("many"), out, "--key", at("key")]), when: "written" },
  standardize: { ...same((out) => [at("many"), "--out", out, "--mm-per-pixel", "1"]), when: "written" },
  site: { argv: () => ["--demo", "--draws", "200"], when: /alignment/ },
  pairing: { argv: () => ["--breasts", "400"], when: /pairing \d/ },
  ensemble: { argv: () => ["--data", dataFolder() ?? "", "--resamples", "20000"], when: /rules out of fold/, skip: !dataFolder() },
  browser: { argv: () => ["--port", "0"], when: /http:\/\/127/ },
  bench: { argv: (out) => ["metrics", "--quick", "--out", out], when: /\n/ },
  gradients: { argv: () => ["--backend", "wasm"], when: /\n.*\n/ },
  hostile: { argv: () => [], when: /\n.*\n/ },
  fuzz: { argv: () => ["--seconds", "60", "--seed", "1"], when: /seed 1/ },
};

describe.skipIf(process.platform !== "linux")("a signal (on Linux, whose /proc tells who is left)", () => {
  // MAMMO_LONG=1: each program by both; else by one of them in turn.
  const cases = Object.keys(runs).flatMap((name, index) =>
    (["SIGINT", "SIGTERM"] as const).flatMap((signal, k) => (long || index % 2 === k ? [{ name, signal }] : [])),
  );
  it.each(cases)("$signal ends $name: code, processes, files, and the next run", { timeout: 180_000 }, async ({ name, signal }) => {
    const { argv, when, again, skip } = runs[name]!;
    if (skip) return;
    const [out, temporary] = [at(`${name}-${signal}`), at(`tmp-${name}-${signal}`)];
    await mkdir(temporary);
    const modules = await readdir(join(root, "packages/io/node_modules"));
    const { child, texts, ended } = start(name, argv(out), temporary);
    const isThere = () => (when === "written" ? existsSync(out) : when.test(texts.stdout + texts.stderr));
    for (let wait = 0; wait < 6000 && !isThere() && child.exitCode === null; wait++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isThere(), `${texts.stdout.slice(-500)}${texts.stderr.slice(-500)}`).toBe(true);
    // A terminal tells the whole group, `kill` one process.
    process.kill(signal === "SIGINT" ? -child.pid! : child.pid!, signal);
    expect(await ended, texts.stderr.slice(-500)).toBe(signal === "SIGINT" ? 130 : 143);
    expect(texts.stderr).toContain(`ended by ${signal}`);
    await expectNoProcess(child.pid!);
    expect((await readdir(temporary)).filter((entry) => !/^(tsx-|node-compile-cache)/.test(entry))).toEqual([]);
    expect(await readdir(join(root, "packages/io/node_modules"))).toEqual(modules);
    const left = existsSync(out) ? await readdir(out, { recursive: true }) : [];
    const unfinished = left.filter((path) => /(^|\/)\.[^/]+$/.test(path));
    // Where there are results, a mark says that they are not all; the next run takes it away.
    expect(unfinished.length === left.length ? unfinished : unfinished.filter((path) => path !== ".unfinished")).toEqual([]);
    if (!again) return;
    const next = start(name, again(out));
    expect(await next.ended, next.texts.stderr.slice(-500)).toBe(0);
    expect((await readdir(out, { recursive: true })).filter((path) => /(^|\/)\.[^/]+$/.test(path))).toEqual([]);
  });
});

/** Nobody of the group is left, three seconds later; what has ended and nobody asks after (a zombie) does not count. */
async function expectNoProcess(group: number): Promise<void> {
  const alive = async (): Promise<readonly string[]> => {
    const states = await Promise.all(
      (await readdir("/proc").catch(() => [])).filter((pid) => /^\d+$/.test(pid)).map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")),
    );
    // The name in brackets may hold anything: state, parent and group come behind it.
    return states.filter((stat) => {
      const [state, , leader] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(leader) === group && state !== "Z";
    });
  };
  for (let wait = 0; wait < 30 && (await alive()).length > 0; wait++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await alive()).toEqual([]);
}
