import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { command, tail } from "./command.mjs";
import { inTemporaryFolder } from "./packages.mjs";
import { root } from "./setup.mjs";

/** Runs all vitest suites; one check a test, so that the counts are of tests. */
export function suites() {
  return inTemporaryFolder(async (folder) => {
    const report = join(folder, "vitest.json");
    const unfinished = join(folder, "unfinished");
    const reporters = ["--reporter=json", `--outputFile.json=${report}`, `--reporter=${join(root, "packages/tooling/unfinishedReporter.mjs")}`];
    const run = await command("vitest", ["run", ...reporters], { seconds: 1380, env: { MAMMO_UNFINISHED: unfinished } });
    if (!existsSync(report)) {
      const hanging = existsSync(unfinished) ? readFileSync(unfinished, "utf8") : "";
      return { checks: [{ name: "vitest", ok: false, output: `${tail(run.output)}\nunfinished:\n${hanging}` }] };
    }
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    const checks = testResults.flatMap(checksOf);
    // An error outside any test (an unhandled rejection) fails the run and has no test of its own.
    if (!run.ok && checks.every(({ ok }) => ok !== false)) checks.push({ name: "vitest outside the tests", ok: false, output: tail(run.output) });
    return { checks, notes: slowest(testResults) };
  });
}

function checksOf({ name, status, message, assertionResults }) {
  const file = relative(root, name);
  if (assertionResults.length === 0) return status === "failed" ? [{ name: file, ok: false, output: tail(message) }] : [];
  return assertionResults.map((test) => ({
    name: `${file}: ${test.fullName}`,
    ok: test.status === "passed" ? true : test.status === "failed" ? false : undefined,
    output: test.failureMessages?.map((text) => tail(text, 12)).join("\n"),
  }));
}

/** Seconds of each package's test files: where the time goes. */
function slowest(testResults) {
  const seconds = new Map();
  for (const { name, startTime, endTime } of testResults) {
    const folder = relative(root, name).split("/").slice(0, 2).join("/");
    seconds.set(folder, (seconds.get(folder) ?? 0) + (endTime - startTime) / 1000);
  }
  return [...seconds].sort((a, b) => b[1] - a[1]).map(([folder, time]) => `${folder} ${time.toFixed(1)} s`);
}
