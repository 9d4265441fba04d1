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

it.each(["mutants", "gpuBundle", "rehearse"])("%s refuses an option that it does not know, with one line and 2", (name) => {
  const script = fileURLToPath(new URL(`../${name}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--colour"], { encoding: "utf8", timeout: 60_000 });
  expect([status, stdout, stderr]).toEqual([2, "", "Unknown option '--colour'; see --help\n"]);
});
