import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openRunFolder } from "../src/node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-run-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("holds one run: begun once, resumed with the same options and files only", async () => {
  const run = await openRunFolder(folder, { seed: 1 }, { resume: false });
  await expect(openRunFolder(folder, { seed: 1 }, { resume: true })).rejects.toMatchObject({ code: "in-use" });
  await run.recordCohort("a".repeat(64));
  await run.release();
  await expect(openRunFolder(folder, { seed: 1 }, { resume: false })).rejects.toMatchObject({ code: "run-exists" });
  await expect(openRunFolder(folder, { seed: 2 }, { resume: true })).rejects.toMatchObject({ code: "other-options" });
  const again = await openRunFolder(folder, { seed: 1 }, { resume: true });
  await again.recordCohort("a".repeat(64));
  await expect(again.recordCohort("d".repeat(64))).rejects.toMatchObject({ code: "other-cohort" });
  await again.release();
});

it("is gone on with only where run.json is one by its schema", async () => {
  const isRun = new Ajv().compile(JSON.parse(await readFile(new URL("../schemas/run.schema.json", import.meta.url), "utf8")));
  const run = await openRunFolder(folder, { seed: 1 }, { resume: false });
  await run.recordCohort("a".repeat(64));
  await run.release();
  const whole = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
  expect(isRun(whole)).toBe(true);
  for (const edited of [null, [], "run", 1, {}, { ...whole, options: null }, { ...whole, options: [] }, { ...whole, cohort: "a" }, { options: {} }]) {
    await writeFile(join(folder, "run.json"), JSON.stringify(edited));
    expect(isRun(edited), JSON.stringify(edited)).toBe(false);
    await expect(openRunFolder(folder, { seed: 1 }, { resume: true }), JSON.stringify(edited)).rejects.toMatchObject({ code: "other-options" });
  }
});

it("removes what killed runs have left of its own files, and nothing else", async () => {
  const id = "12345678-1234-4123-8123-123456789abc";
  const [own, others] = [
    [`.run.json.${id}.part`, `.predictions.tsv.${id}.part`],
    [".hidden", `.notes.txt.${id}.part`, ".run.json.part"],
  ];
  const begun = await openRunFolder(folder, {}, { resume: false });
  await begun.recordCohort("a".repeat(64));
  await begun.release();
  for (const name of [...own, ...others]) await writeFile(join(folder, name), "");
  const run = await openRunFolder(folder, {}, { resume: true });
  await run.release();
  expect((await readdir(folder)).filter((name) => !name.startsWith(".lock-")).sort()).toEqual([...others, "run.json"].sort());
});

it("refuses a folder of somebody's files before it touches any, but not what a run left that was killed early", async () => {
  const left = ["cohort", "shards", ".run.json.12345678-1234-4123-8123-123456789abc.part"];
  await mkdir(join(folder, left[0]!));
  await mkdir(join(folder, left[1]!));
  await writeFile(join(folder, left[2]!), "");
  await (await openRunFolder(folder, {}, { resume: false })).release();
  expect((await readdir(folder)).sort()).toEqual(["cohort", "shards"]);
  await writeFile(join(folder, left[2]!), "");
  await writeFile(join(folder, ".env"), "mine");
  await expect(openRunFolder(folder, {}, { resume: false })).rejects.toMatchObject({ name: "FilesError", code: "not-empty" });
  expect((await readdir(folder)).sort()).toEqual([".env", left[2], "cohort", "shards"]);
});
