import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDreamCohort, requireTwoClasses } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareDream, trainingConfig } from "../src/node.ts";

let folder = "";
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-damaged-"));
  for await (const _ of writeCohort({ folder: at("whole"), women: 3, seed: 5, cancerShare: 0.34 }));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Reads and standardizes a cohort; its error as programs print it. */
async function prepare(data: string, out: string): Promise<string> {
  try {
    const cohort = requireTwoClasses(await readDreamCohort(data));
    for await (const _ of prepareDream(cohort, { folder: out, config: trainingConfig(), seed: 5, shuffle: false }));
    return "no error";
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    return `error [${code}]: ${message}`;
  }
}

describe("a damaged cohort", () => {
  it.each([
    ["no table", { remove: "images_crosswalk.tsv" }, /^error \[missing-file\]: .*images_crosswalk\.tsv/],
    [
      "a row without its file",
      { table: (text: string) => text.replace(/[0-9a-f]{16}\.dcm/, "gone.dcm") },
      /^error \[missing-file\]: images_crosswalk\.tsv row 2: (?!.*gone)/,
    ],
    [
      "a row twice",
      { table: (text: string) => `${text}${text.trim().split("\n").at(-1)}\n` },
      /^error \[duplicate-row\]: images_crosswalk\.tsv row \d+/,
    ],
    [
      "a label of 2",
      { exams: (text: string) => text.replace(/^(1\t1\t\S+)\t\S+/m, "$1\t2") },
      /^error \[invalid-value\]: exams_metadata\.tsv row 2: .*0, 1, \. or \*/,
    ],
    ["no rows", { table: (text: string) => `${text.split("\n")[0]}\n` }, /^error \[empty-cohort\]/],
    [
      "one class",
      { table: (text: string) => text.replace(/\t1$/gm, "\t0"), exams: (text: string) => text.replace(/^(\S+\t\S+\t\S+)\t[01]\t[01]/gm, "$1\t0\t0") },
      /^error \[one-class\]/,
    ],
    ["a truncated file", { truncate: 3000 }, /^error \[(truncated|pixels-mismatch|corrupt-pixels)\]: Image \d+ of the cohort: /],
    ["a chest X-ray", { bytes: [mammography, digitalXRay] as const }, /^error \[not-mammography\]: Image \d+ of the cohort: /],
    ["a file that is no DICOM", { truncate: 40 }, /^error \[(not-dicom|truncated)\]: Image \d+ of the cohort: /],
  ])("with %s is refused, with what was expected where", { timeout: 60_000 }, async (name, damage, message) => {
    const data = at(`cohort with ${name}`);
    await cp(at("whole"), data, { recursive: true });
    await spoil(data, damage);
    expect(await prepare(data, at(`out of ${name}`))).toMatch(message);
  });
});

/** SOP classes of one length: Digital Mammography X-Ray Image and Digital X-Ray Image, both for presentation. */
const mammography = "1.2.840.10008.5.1.4.1.1.1.2\0";
const digitalXRay = "1.2.840.10008.5.1.4.1.1.1.1\0";

interface Damage {
  readonly bytes?: readonly [from: string, to: string];
  readonly remove?: string;
  readonly table?: (text: string) => string;
  readonly exams?: (text: string) => string;
  readonly truncate?: number;
}

async function spoil(data: string, { remove, table, exams, truncate: length, bytes }: Damage): Promise<void> {
  const edit = async (name: string, change: (text: string) => string) =>
    writeFile(join(data, name), change(await readFile(join(data, name), "utf8")));
  if (remove) await rm(join(data, remove));
  if (table) await edit("images_crosswalk.tsv", table);
  if (exams) await edit("exams_metadata.tsv", exams);
  const file = join(data, "images", (await readdir(join(data, "images"))).sort()[0]!);
  if (length) await truncate(file, length);
  if (bytes) await writeFile(file, (await readFile(file, "latin1")).replaceAll(...bytes), "latin1");
}
