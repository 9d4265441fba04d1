// npm test [-- STEP...]: sets up, then all that a change must pass. The last line counts it: N passed, N failed, N skipped.
import { bundled } from "./bundled.mjs";
import { command, tail } from "./command.mjs";
import { floorsStep } from "./floors.mjs";
import { answerHelp } from "./help.mjs";
import { rehearse } from "./rehearse.mjs";
import { root, setup } from "./setup.mjs";
import { installed, sizes, tarballs } from "./shipped.mjs";
import { suites } from "./suites.mjs";

/** A tool whose exit code is the whole answer. */
const tool =
  (program, ...args) =>
  async () => {
    const { ok, output } = await command(program, args);
    return { checks: [{ name: [program, ...args].join(" "), ok, output: tail(output, 100) }] };
  };

/** In order. Each gives checks ({ name, ok, output }; ok undefined = skipped) and perhaps notes. */
const steps = {
  build: tool("turbo", "run", "build", "--output-logs=errors-only"),
  types: tool("tsc", "--noEmit", "-p", "tsconfig.json"),
  lint: tool("biome", "ci", "--error-on-warnings", "--colors=off", "."),
  floors: floorsStep,
  suites,
  unused: tool("knip"),
  tarballs,
  sizes,
  installed,
  bundled,
  rehearsal: rehearse,
  docs: tool("typedoc", "--emit", "none"),
  tree: unchangedTree,
};

answerHelp(
  `npm test -- [STEP...]: all that a change must pass, or only these steps: ${Object.keys(steps).join(", ")}. The last line counts: N passed, N failed, N skipped.`,
);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`Expected steps out of ${Object.keys(steps).join(", ")}, got ${unknown.join(", ")}`);
  process.exit(2);
}

const count = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];
const start = performance.now();
setup();
console.log(line("ok", "setup", start, []));
const treeBefore = await status();
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const began = performance.now();
  const { checks, notes = [] } = await step().catch((error) => ({ checks: [{ name, ok: false, output: error.message }] }));
  const failed = checks.filter(({ ok }) => ok === false);
  for (const { name: check, output } of failed) console.log(`\nFAIL ${check}\n${output}\n`);
  const [passes, skips] = [checks.filter(({ ok }) => ok).length, checks.filter(({ ok }) => ok === undefined)];
  skipped.push(...skips.map((check) => check.name));
  count.passed += passes;
  count.failed += failed.length;
  count.skipped += skips.length;
  console.log(
    line(failed.length > 0 ? "FAIL" : "ok", name, began, [`${passes} passed`, `${failed.length} failed`, `${skips.length} skipped`, ...notes]),
  );
}
for (const name of skipped) console.log(`skipped: ${name}`);
if (count.passed + count.failed === 0) count.failed = 1; // nothing ran: that is no success
process.exitCode = count.failed === 0 ? 0 : 1;
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);

function line(word, name, since, facts) {
  return [word.padEnd(4), name.padEnd(9), `${((performance.now() - since) / 1000).toFixed(1)} s`.padStart(8), ` ${facts.join(", ")}`]
    .join(" ")
    .trimEnd();
}

/** All this may leave nothing behind that git would see. */
async function unchangedTree() {
  const now = await status();
  return { checks: [{ name: "the tree is as it was", ok: now === treeBefore, output: `before:\n${treeBefore}\nnow:\n${now}` }] };
}

async function status() {
  return (await command("git", ["status", "--porcelain"], { cwd: root })).stdout;
}
