// npm run mutants -- PACKAGE [--changes 60] [--seed 1] [--minutes 30]: small changes to a package's sources, one at a time, and whether its suites notice.
//
// Why not Stryker (Apache-2.0, kept, runs on Node 20): its vitest runner of version 9 starts vitest once, in its own threads, where suites that start workers,
// WebAssembly with shared memory or child processes do not run as here; it makes every change there is (thousands), not a seeded sample bounded in time; and its
// sandbox copies one package, while ours resolve each other by the condition `@mammo/source` through the workspace's links. Ours is a page and runs the very suites.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { changesOf, sample } from "./mutate.mjs";
import { root, setup, toolEnvironment } from "./setup.mjs";

const options = { changes: { type: "string", default: "60" }, seed: { type: "string", default: "1" }, minutes: { type: "string", default: "30" } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [name] = positionals;
const [changes, seed, minutes] = [values.changes, values.seed, values.minutes].map(Number);
const sources = join("packages", name ?? "", "src");
if (!name || !existsSync(join(root, sources)) || ![changes, seed, minutes].every((number) => number > 0)) {
  console.error(
    "npm run mutants -- PACKAGE [--changes 60] [--seed 1] [--minutes 30]: expected a folder of packages/ with sources, and numbers above 0",
  );
  process.exit(2);
}
setup();
const limit = ["io", "phantom"].includes(name) ? 0.85 : 0.92;
const { [name]: equivalents = [] } = JSON.parse(readFileSync(join(root, "packages/tooling/mutants.json"), "utf8"));
const end = performance.now() + minutes * 60_000;
const copy = mkdtempSync(join(tmpdir(), "mammo-mutants-"));
try {
  copyRepository();
  const base = vitest();
  if (!base.ok) throw new Error(`Expected the suites of ${name} to pass unchanged, but\n${base.output.slice(-2000)}`);
  run();
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function run() {
  const all = filesOf(join(root, sources)).flatMap((file) =>
    changesOf(readFileSync(file, "utf8")).map((change) => ({ ...change, file: relative(root, file) })),
  );
  const count = { noticed: 0, unnoticed: 0, equivalent: 0 };
  const seen = new Set();
  let [tried, late] = [0, false];
  for (const change of sample(all, seed)) {
    if (tried >= changes) break;
    if (performance.now() > end) {
      late = true;
      break;
    }
    const known = equivalents.find(({ file, from, to }) => change.file.endsWith(file) && from === change.line.trim() && to === change.changed.trim());
    const key = `${change.file}\n${change.at}`;
    // One change a place.
    if (seen.has(key)) continue;
    seen.add(key);
    if (!known && !parses(change)) continue;
    tried++;
    const word = known ? "equivalent" : test(change) ? "unnoticed" : "noticed";
    count[word]++;
    console.log(
      `${word.padEnd(10)} ${change.file}:${change.row} ${change.kind}: ${change.line.trim()} => ${change.changed.trim()}${known ? ` (${known.reason})` : ""}`,
    );
  }
  const judged = count.noticed + count.unnoticed;
  const share = judged === 0 ? 0 : count.noticed / judged;
  console.log(
    `${tried} of ${changes} changes out of ${all.length}, seed ${seed}: ${count.noticed} noticed, ${count.unnoticed} not, ${count.equivalent} equivalent`,
  );
  console.log(`bar mutants.${name}.noticed ${share.toFixed(3)} >= ${limit} ${share >= limit && !late ? "ok" : "short"}`);
  if (share < limit || late) process.exitCode = 1;
}

/** Whether the package's suites pass with the change in place: nobody noticed. */
function test({ file, source }) {
  const path = join(copy, file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, source);
  try {
    return vitest().ok;
  } finally {
    writeFileSync(path, before);
  }
}

/** A change that does not parse is none. What only the types refuse is run: users of JavaScript have no types. */
function parses({ source }) {
  return ts.transpileModule(source, { reportDiagnostics: true }).diagnostics.length === 0;
}

/** The package's suites, until one test fails; a change that makes them hang is noticed. */
function vitest() {
  const run = spawnSync("vitest", ["run", join("packages", name), "--bail=1", "--reporter=dot"], {
    cwd: copy,
    env: toolEnvironment(),
    encoding: "utf8",
    timeout: 300_000,
    maxBuffer: 1 << 26,
  });
  return { ok: run.status === 0, output: `${run.stdout}${run.stderr}` };
}

/** The tracked and untracked files that git does not ignore, what is generated, and links to what is installed: the tree itself is never changed. */
function copyRepository() {
  const skip = new Set(["node_modules", "dist", ".git", ".turbo"]);
  cpSync(root, copy, { recursive: true, filter: (from) => !skip.has(from.split("/").at(-1)) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const folders = ["examples", ...readdirSync(join(root, "packages")).map((one) => join("packages", one))];
  for (const folder of folders) {
    const installed = join(root, folder, "node_modules");
    // Links to the workspace's packages are relative, so that in a copy they lead to the copy.
    if (existsSync(installed)) cpSync(installed, join(copy, folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  }
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/^(index|node|layers)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes("/generated/"))
    .sort();
}
