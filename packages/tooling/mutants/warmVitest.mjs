// A child process of `npm run mutants`: one vitest that stays, so that a run transforms the changed file alone. Started in the copy of the repository.
// Takes { files, changed, reach } and answers { ok, isBroken, output, seconds } with the seconds of each test file.
import { createVitest } from "vitest/node";

// The fastest suites come first, in the order in which they were asked for: with `bail` the slow ones seldom run.
class InOrder {
  shard(specifications) {
    return specifications;
  }
  sort(specifications) {
    return specifications;
  }
}

// What vitest knows of a run has all runs before it, also where `bail` counts: it forgets them, and tells the modules of this one to its reporter.
let ended = [];
const reporter = { onTestModuleEnd: (module) => ended.push(module) };

let vitest;
async function run({ files, changed, reach }) {
  vitest ??= await createVitest("test", {
    ...{ root: process.cwd(), watch: false, reporters: [reporter], bail: reach ? 0 : 1 },
    ...{ setupFiles: reach ? [reach] : [], sequence: { sequencer: InOrder } },
    // A slow machine is no notice of a change; what hangs is ended from outside.
    ...{ testTimeout: 600_000, hookTimeout: 600_000 },
  });
  await (vitest.started ??= vitest.standalone());
  for (const file of changed) vitest.invalidateFile(file);
  const all = await vitest.globTestSpecifications();
  const order = new Map(files.map((file, index) => [file, index]));
  const wanted = all.filter(({ moduleId }) => order.has(moduleId)).sort((a, b) => order.get(a.moduleId) - order.get(b.moduleId));
  if (wanted.length !== files.length) throw new Error(`Expected ${files.length} suites, found ${wanted.length}`);
  ended = [];
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const { unhandledErrors } = await vitest.runTestSpecifications(wanted);
  const failed = ended.filter((module) => module.state() === "failed");
  const reasons = [...failed.flatMap(faultsOf), ...unhandledErrors.map((error) => String(error?.stack ?? error))];
  process.exitCode = 0;
  return {
    ok: reasons.length === 0,
    // On a machine that is busy elsewhere workers may not start in time: that says nothing of the change.
    isBroken: failed.length === 0 && unhandledErrors.some((error) => /\[vitest-pool/.test(String(error?.message))),
    output: reasons.join("\n").slice(0, 2000),
    seconds: Object.fromEntries(ended.map((module) => [module.moduleId, secondsOf(module.diagnostic())])),
  };
}

function faultsOf(module) {
  const tests = [...module.children.allTests("failed")];
  const errors = [...module.errors(), ...tests.flatMap((test) => test.result().errors ?? [])];
  return [`${module.moduleId}: ${tests.map(({ fullName }) => fullName).join(", ")}`, ...errors.map(({ message }) => message)];
}

function secondsOf({ environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration }) {
  return (environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration) / 1000;
}

process.on("message", async (task) => {
  try {
    process.send(await run(task));
  } catch (error) {
    process.send({ ok: false, isBroken: true, output: String(error?.stack ?? error), seconds: {} });
  }
});
process.on("disconnect", () => process.exit(0));
