import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it.each([
  ["mutants", "npm run mutants -- PACKAGE"],
  ["gpuBundle", "npm run gpu-bundle"],
  ["rehearse", "npm run release:rehearse"],
])("%s answers --help and does nothing else", (name, usage) => {
  const script = fileURLToPath(new URL(`../${name}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--help"], { encoding: "utf8", timeout: 60_000 });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.startsWith(usage)).toBe(true);
});
