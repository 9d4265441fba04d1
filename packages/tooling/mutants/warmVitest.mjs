// A child process of `npm run mutants`: one vitest that stays, so that a run transforms the changed file alone. Started in the copy of the repository.
// Takes { files, changed, reach } and answers { ok, isBroken, output, seconds, failed } with the seconds of each test file, and the one that failed.
import { createVitest } from "vitest/node";

let ended = [];
const reporter = { onTestModuleEnd: (module) => ended.push(module) };

let vitest;
async function run({ files, changed, reach }) {
  vitest ??= await createVitest("test", {
    ...{ root: process.cwd(), watch: false, reporters: [reporter], setupFiles: reach ? [reach] : [] },
    // A slow machine is no notice of a change; what hangs is ended from outside.
    ...{ testTimeout: 600_000, hookTimeout: 600_000 },
  });
  await (vitest.started ??= vitest.standalone());
  for (const file of changed) vitest.invalidateFile(file);
  const all = await vitest.globTestSpecifications();
  const answer = { ok: true, isBroken: false, output: "", seconds: {} };
  // One at a time, the first failure last: vitest's own `bail` cancels late, and then skips the tests of the next change.
  for (const file of files) {
    ended = [];
    const { unhandledErrors } = await vitest.runTestSpecifications(all.filter(({ moduleId }) => moduleId === file));
    const [module] = ended;
    process.exitCode = 0;
    const errors = unhandledErrors.map((error) => String(error?.stack ?? error));
    // On a machine that is busy elsewhere a worker may not start in time: that says nothing of the change.
    if (!module || module.state() === "queued" || (module.state() !== "failed" && errors.some((text) => text.includes("[vitest-pool"))))
      return { ...answer, ok: false, isBroken: true, output: `${file} did not end\n${errors.join("\n")}` };
    answer.seconds[file] = secondsOf(module.diagnostic());
    if (module.state() === "failed" || errors.length > 0)
      return { ...answer, ok: false, failed: file, output: [...faultsOf(module), ...errors].join("\n").slice(0, 2000) };
  }
  return answer;
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
