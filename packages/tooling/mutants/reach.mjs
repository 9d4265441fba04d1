// A set-up file of vitest for the first run of `npm run mutants`: writes which of the package's sources a test file runs any function of.
import { appendFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";

const { MAMMO_REACH_FILE: file, MAMMO_REACH_SOURCES: sources } = process.env;
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

afterAll(async () => {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const reached = result
    .map(({ url, functions }) => ({ path: url.startsWith("file:") ? fileURLToPath(url) : url, functions }))
    // The first two are the script and the function that a module is wrapped in: they run when it is only imported.
    .filter(({ path, functions }) => path.startsWith(sources) && functions.slice(2).some(({ ranges: [{ count }] }) => count > 0))
    .map(({ path }) => path);
  appendFileSync(file, `${JSON.stringify({ suite: expect.getState().testPath, reached })}\n`);
  session.disconnect();
});
