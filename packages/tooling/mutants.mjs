// npm run mutants -- PACKAGE[/FOLDER[,FOLDER]] [--changes 60] [--seed 1] [--minutes 30] [--limit 60] [--reach FILE]: small changes to a package's sources (or
// to some folders of its src), one at a time, and whether its suites notice. A change runs the suites that call anything in the changed file, up to `limit` seconds:
// those of its name and the fastest, and of these those first that noticed the last ones. FILE keeps which those are, so that another run need not find it out again. The data folder is left out: a fresh clone has none.
//
// Not Stryker, by its documentation (not by a trial): its vitest runner runs all suites in one thread and always with coverage by test, while ours need processes
// (vitest.config.ts, pool "forks") and start programs that read the changed source from the disk; and it has no seeded sample of a wanted size.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import ts from "typescript";
import { answerHelp, readOptions } from "./help.mjs";
import { copyRepository } from "./mutants/copyRepository.mjs";
import { changesOf, sample } from "./mutants/mutate.mjs";
import { suiteRunner } from "./mutants/suiteRunner.mjs";
import { root, setup } from "./setup.mjs";

const options = {
  changes: { type: "string", default: "60" },
  seed: { type: "string", default: "1" },
  minutes: { type: "string", default: "30" },
  limit: { type: "string", default: "60" },
  reach: { type: "string" },
};
const usage =
  "npm run mutants -- PACKAGE[/FOLDER[,FOLDER]] [--changes 60] [--seed 1] [--minutes 30] [--limit 60] [--reach FILE]: expected a folder of packages/ with sources, perhaps folders of its src, and numbers above 0";
answerHelp(
  `${usage}\n\nMakes small changes to a package's sources, one at a time in a copy, and tells which its suites do not notice. --limit: seconds of suites that a change runs; --reach: a file that keeps which suites reach which source.`,
);
const { values, positionals } = readOptions({ options, allowPositionals: true });
const [asked = ""] = positionals;
const [name] = asked.split("/");
const [changes, seed, minutes, limit] = [values.changes, values.seed, values.minutes, values.limit].map(Number);
const inside = asked.slice(name.length + 1).split(",");
const sources = inside.map((folder) => join(root, "packages", name, "src", folder));
if (!name || !sources.every(existsSync) || ![changes, seed, minutes, limit].every((number) => number > 0)) {
  console.error(usage);
  process.exit(2);
}
setup();
const least = ["io", "phantom"].includes(name) ? 85 : 92;
const { [name]: equivalents = [] } = JSON.parse(readFileSync(join(root, "packages/tooling/mutants.json"), "utf8"));
const end = performance.now() + minutes * 60_000;
const copy = mkdtempSync(join(tmpdir(), "mammo-mutants-"));
process.once("exit", () => rmSync(copy, { recursive: true, force: true, maxRetries: 10 }));
const suites = suiteRunner(copy);
let lastPath = "";
// By file and over all, how many of its changes each suite has noticed: those that did go first the next time.
const noticed = new Map();
try {
  copyRepository(copy);
  await run(await firstRun());
} finally {
  suites.end();
}

/** Runs all suites unchanged: { suite, seconds, reached } of each, fastest first. */
async function firstRun() {
  const files = filesOf(join(copy, "packages", name, "test"), /\.test\.ts$/);
  const kept = values.reach && existsSync(values.reach) ? JSON.parse(readFileSync(values.reach, "utf8")) : {};
  const unknown = files.filter((file) => !kept[relative(copy, file)]);
  if (unknown.length > 0) Object.assign(kept, await reachOf(unknown));
  if (values.reach) writeFileSync(values.reach, JSON.stringify(kept, null, 1));
  return files
    .map((suite) => ({ suite, seconds: kept[relative(copy, suite)].seconds, reached: new Set(kept[relative(copy, suite)].reached) }))
    .sort((a, b) => a.seconds - b.seconds);
}

/** By path, how long each suite takes and which sources it runs a function of. */
async function reachOf(files) {
  const list = join(copy, "reached.jsonl");
  writeFileSync(list, "");
  const once = suiteRunner(copy, { MAMMO_REACH_FILE: list, MAMMO_REACH_SOURCES: join(copy, "packages", name, "src") });
  const task = { files, changed: [], reach: join(copy, "packages/tooling/mutants/reach.mjs") };
  let answer = await once.run(task, 1800);
  // On a busy machine a suite's process may not start in time.
  for (let again = 0; answer.isBroken && again < 2; again++) answer = await once.run(task, 1800);
  const { ok, output, seconds } = answer;
  once.end();
  if (!ok) throw new Error(`Expected the suites of ${name} to pass unchanged, but\n${output}`);
  const lines = readFileSync(list, "utf8").split("\n").filter(Boolean).map(JSON.parse);
  const reached = new Map(lines.map((one) => [one.suite, one.reached.map((path) => relative(copy, path))]));
  return Object.fromEntries(files.map((file) => [relative(copy, file), { seconds: seconds[file], reached: reached.get(file) ?? [] }]));
}

async function run(all) {
  const possible = sources
    .flatMap((folder) => filesOf(folder, /(?<!\.d)\.ts$/))
    .filter((file) => !/\/(index|node|layers)\.ts$|\/generated\//.test(file))
    .flatMap((file) => changesOf(readFileSync(file, "utf8")).map((change) => ({ ...change, file: relative(root, file) })));
  const count = { noticed: 0, unnoticed: 0, equivalent: 0 };
  const seen = new Set();
  let [tried, late] = [0, false];
  for (const change of sample(possible, seed)) {
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
    const answer = known ? undefined : await test(change, all);
    const word = known ? "equivalent" : answer.ok ? "unnoticed" : "noticed";
    count[word]++;
    const reason = known ? ` (${known.reason})` : answer.ok ? ` (${answer.suites})` : "";
    console.log(`${word.padEnd(10)} ${change.file}:${change.row} ${change.kind}: ${change.line.trim()} => ${change.changed.trim()}${reason}`);
  }
  const judged = count.noticed + count.unnoticed;
  const share = judged === 0 ? 0 : (100 * count.noticed) / judged;
  console.log(
    `${tried} of ${changes} changes out of ${possible.length}, seed ${seed}: ${count.noticed} noticed, ${count.unnoticed} not, ${count.equivalent} equivalent`,
  );
  const reached = share >= least && !late;
  console.log(`bar mutants.${asked} ${share.toFixed(1)} >= ${least} ${reached ? "ok" : "short"}`);
  if (!reached) process.exitCode = 1;
}

function noticing({ suite }, file) {
  const of = (key) => noticed.get(`${key} ${suite}`) ?? 0;
  return [of(file), of("")];
}
function remember(suite, file) {
  for (const key of [file, ""]) noticed.set(`${key} ${suite}`, (noticed.get(`${key} ${suite}`) ?? 0) + 1);
}

/** Whether the suites that reach the file (all, where none does: constants) pass with the change in place: nobody noticed. A hang is noticed. */
async function test({ file, source }, all) {
  const path = join(copy, file);
  const reaching = all.filter(({ reached }) => reached.has(file));
  const chosen = within(reaching.length > 0 ? reaching : all, file)
    .map((one) => ({ ...one, noticed: noticing(one, file) }))
    .sort((a, b) => b.noticed[0] - a.noticed[0] || b.noticed[1] - a.noticed[1] || a.seconds - b.seconds);
  const before = readFileSync(path, "utf8");
  // The file that was changed before is as it was, but a vitest that stays does not know that.
  const run = (limit) => suites.run({ files: chosen.map(({ suite }) => suite), changed: [path, lastPath] }, limit);
  try {
    let isSure = false;
    for (let seconds = 3 * chosen.reduce((sum, one) => sum + one.seconds, 0) + 60; ; ) {
      writeFileSync(path, source);
      const answer = await run(seconds);
      if (!answer.isBroken && answer.failed) remember(answer.failed, file);
      if (!answer.isBroken && (isSure || !answer.ok)) return { ok: answer.ok, suites: `${chosen.length} of ${reaching.length} suites that reach it` };
      if (!answer.isBroken) {
        // A vitest that stays has been seen, on a busy machine, to run a file as it was before: a new one decides.
        suites.end();
        isSure = true;
        continue;
      }
      seconds *= 2;
      // The change, or the machine? What passes in that time unchanged hangs by the change.
      writeFileSync(path, before);
      if ((await run(seconds)).ok) return { ok: false };
    }
  } finally {
    writeFileSync(path, before);
    lastPath = path;
  }
}

/** Suites that bear the changed file's name (mask.ts: mask.test.ts, mask.golden.test.ts), then the fastest: as many as stay below the limit together, at least one. */
function within(suites, file) {
  const name = `${basename(file, ".ts")}.`;
  const isNamed = ({ suite }) => basename(suite).startsWith(name);
  const ordered = [...suites.filter(isNamed), ...suites.filter((one) => !isNamed(one))];
  let sum = 0;
  return ordered.filter(({ seconds }, index) => {
    sum += seconds;
    return index === 0 || sum <= limit;
  });
}

/** A change that does not parse is none. What only the types refuse is run: users of JavaScript have no types. */
function parses({ source }) {
  return ts.transpileModule(source, { reportDiagnostics: true }).diagnostics.length === 0;
}

function filesOf(folder, pattern) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
