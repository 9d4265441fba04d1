import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { outputFolder } from "../cli/outputFolder.ts";

const own = { program: "score", isOwn: (name: string) => /^exam-\d+\/report\.dcm$/.test(name) };
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-output-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("files of a folder are there all together, or none of them", async () => {
  const path = join(folder, "results");
  const bytes = new Uint8Array([7]);
  const given = await outputFolder(path, own);
  await given.write("exam-1/report.dcm", bytes);
  await given.discard();
  expect(await readdir(path)).toEqual([]);
  const again = await outputFolder(path, own);
  await again.write("exam-1/report.dcm", bytes);
  await again.write("exam-2/report.dcm", bytes);
  expect((await readdir(path)).filter((name) => !name.startsWith(".lock"))).toEqual([".unfinished", ".waiting"]);
  await again.commit();
  await again.discard();
  expect((await readdir(path)).sort()).toEqual(["exam-1", "exam-2"]);
  expect([...(await readFile(join(path, "exam-2", "report.dcm")))]).toEqual([7]);
  await expect(outputFolder(path, own)).rejects.toMatchObject({ code: "not-empty" });
});
