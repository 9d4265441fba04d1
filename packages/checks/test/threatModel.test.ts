import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const text = (path: string): Promise<string> => readFile(root + path, "utf8");

it("each promise of the threat model names a test that is there", async () => {
  const model = await text("docs/threat-model.md");
  const rows = model.split("\n").filter((line) => line.startsWith("| ") && !/^\| (---|a file may not \||what \|)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row.split("|").at(-2), row).toMatch(/`[\w./-]+\.ts`: “/);
  let names = 0;
  for (const [, path, list] of model.matchAll(/`([\w./-]+\.ts)`: ((?:“[^”]+”(?:, )?)+)/g)) {
    const source = await text(path!);
    for (const [, name] of list!.matchAll(/“([^”]+)”/g)) {
      expect(source.includes(name!) || source.includes(name!.replaceAll("'", "\\'")), `${path}: ${name}`).toBe(true);
      names++;
    }
  }
  expect(names).toBeGreaterThan(rows.length);
});

it("releases test without rights, publish without tests, and pin by hash", async () => {
  for (const name of ["ci", "release"]) {
    const workflow = await text(`.github/workflows/${name}.yml`);
    for (const [use] of workflow.matchAll(/uses: .*/g)) expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/);
    expect(workflow).toMatch(/^permissions: \{\}$|^permissions:\n {2}contents: read$/m);
  }
  const jobs = Object.fromEntries(
    (await text(".github/workflows/release.yml")).split(/^ {2}(?=\w+:\n)/m).map((job) => [job.slice(0, job.indexOf(":")), job]),
  );
  expect(jobs["test"]).toMatch(/permissions:\n {6}contents: read\n/);
  expect(jobs["test"]).not.toMatch(/write|secrets\./);
  for (const name of ["version", "publish"]) expect(jobs[name]).not.toMatch(/npm test|\.ci\/run|vitest/);
  expect(jobs["publish"]).toContain("id-token: write");
  expect(JSON.parse(await text("package.json")).packageManager).toMatch(/^pnpm@[\d.]+\+sha512\.[0-9a-f]{128}$/);
});
