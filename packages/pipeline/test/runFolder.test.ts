import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  await run.recordCohort("abc");
  await run.release();
  await expect(openRunFolder(folder, { seed: 1 }, { resume: false })).rejects.toMatchObject({ code: "run-exists" });
  await expect(openRunFolder(folder, { seed: 2 }, { resume: true })).rejects.toMatchObject({ code: "other-options" });
  const again = await openRunFolder(folder, { seed: 1 }, { resume: true });
  await again.recordCohort("abc");
  await expect(again.recordCohort("def")).rejects.toMatchObject({ code: "other-cohort" });
  await again.release();
});

it("removes what killed runs have left of its own files, and nothing else", async () => {
  const id = "12345678-1234-4123-8123-123456789abc";
  const [own, others] = [
    [`.run.json.${id}.part`, `.predictions.tsv.${id}.part`],
    [".hidden", `.notes.txt.${id}.part`, ".run.json.part"],
  ];
  for (const name of [...own, ...others]) await writeFile(join(folder, name), "");
  const run = await openRunFolder(folder, {}, { resume: false });
  await run.release();
  expect((await readdir(folder)).filter((name) => !name.startsWith(".lock-")).sort()).toEqual([...others].sort());
});
