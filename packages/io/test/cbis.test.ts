import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataFolder } from "@mammo/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCsv } from "../src/cohort/parseCsv.ts";
import { CohortError, readCbisCohort, readCohortImage } from "../src/node.ts";
import { mammogram } from "./writeDicom.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mammo-cbis-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const head =
  "patient_id,breast_density,left or right breast,image view,abnormality id,abnormality type,mass shape,mass margins,assessment,pathology,subtlety,image file path,cropped image file path,ROI mask file path";
const row = (woman: string, side: string, view: string, id: number, pathology: string, set = "Mass-Training"): string =>
  `${woman},3,${side},${view},${id},mass,OVAL,"ILL,DEFINED",4,${pathology},2,${set}_${woman}_${side}_${view}/1.2/1.3/000000.dcm,x,"y\n"`;
const rows = [
  row("P_1", "LEFT", "CC", 1, "BENIGN"),
  row("P_1", "LEFT", "CC", 2, "MALIGNANT"),
  row("P_1", "LEFT", "MLO", 1, "BENIGN"),
  row("P_2", "RIGHT", "CC", 1, "BENIGN_WITHOUT_CALLBACK"),
];
const masses = "mass_case_description_train_set.csv";

async function put(name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
}

async function cbis(lines: readonly string[] = rows): Promise<string> {
  await put(masses, [head, ...lines].join("\n"));
  await put("films/Mass-Training_P_1_LEFT_CC/1.2/1.3/000000.dcm", mammogram({ laterality: "L", view: "CC" }));
  await put("films/Mass-Training_P_1_LEFT_MLO.dcm", mammogram({ laterality: "L", view: "MLO" }));
  await put("films/Mass-Training_P_2_RIGHT_CC/08-07-2016-NA/1-full/1-1.dcm", mammogram({ laterality: "R", view: "CC" }));
  return root;
}

const failure = async (promise: Promise<unknown>): Promise<CohortError> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(CohortError);
  expect((error as CohortError).message).not.toContain("P_");
  return error as CohortError;
};

describe("parseCsv", () => {
  it("reads a cell of half a million doubled quotes, and refuses one of millions and one that never closes", () => {
    const options = { file: "t.csv", required: ["a"] };
    const quotes = (count: number): string => '""'.repeat(count);
    expect(parseCsv(`a\n"${quotes(500_000)}"\n`, options)[0]!.cells["a"]).toHaveLength(500_000);
    for (const text of [`a\n"${quotes(5_000_000)}"\n`, `a\n"${quotes(500_000)}\n`]) expect(() => parseCsv(text, options)).toThrow(CohortError);
  });
  it("reads back whatever is written by RFC 4180", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é"), maxLength: 8 }).map((text) => `x${text}x`);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), fc.constantFrom("\n", "\r\n"), fc.boolean(), (table, end, last) => {
        const write = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const text = ["a,b", ...table.map((cells) => cells.map(write).join(","))].join(end) + (last ? end : "");
        const found = parseCsv(text, { file: "t.csv", required: ["a"], optional: ["b"] });
        expect(found.map(({ cells }) => [cells["a"], cells["b"]])).toEqual(table);
      }),
    );
  });

  it("counts lines of the file, skips empty ones and keeps an empty last cell", () => {
    const found = parseCsv('\uFEFFa,b\r\n"1\n2",\r\n\r\n3,', { file: "t.csv", required: ["b"], optional: "all" });
    expect(found.map(({ line, cells }) => [line, cells["a"], cells["b"]])).toEqual([
      [2, "1\n2", ""],
      [5, "3", ""],
    ]);
  });

  it.each([
    ["a quote inside a bare cell", 'a,b\n1,x"y', "invalid-value", "row 2"],
    ["text after a closing quote", 'a,b\n1,"x"y', "invalid-value", "row 2"],
    ["a quote that never closes", 'a,b\n1,2\n1,"x', "invalid-value", "row 3"],
    ["too few cells", "a,b\n1", "invalid-value", "row 2"],
    ["too many cells", "a,b\n1,2,3", "invalid-value", "row 2"],
    ["a column twice", "a,a\n1,2", "duplicate-row", "row 1"],
    ["a missing column", "b,c\n1,2", "missing-column", "a"],
    ["no text at all", "", "missing-column", "a"],
  ])("refuses %s", (_name, text, code, place) => {
    expect(() => parseCsv(text, { file: "t.csv", required: ["a"] })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(place) }),
    );
  });
});

describe("readCbisCohort", () => {
  it("reads films, breasts and what is said of each abnormality, wherever a film lies", async () => {
    const cohort = await readCbisCohort(await cbis(), { images: join(root, "films"), mmPerPixel: [0.25, 0.25] });
    expect(cohort.images.map(({ id, patientId, exam, laterality, view, cancer }) => [id, patientId, exam, laterality, view, cancer])).toEqual([
      ["Mass-Training_P_1_LEFT_CC", "P_1", "P_1/1", "L", "CC", 1],
      ["Mass-Training_P_1_LEFT_MLO", "P_1", "P_1/1", "L", "MLO", 1],
      ["Mass-Training_P_2_RIGHT_CC", "P_2", "P_2/1", "R", "CC", 0],
    ]);
    expect(cohort.exams.map(({ cancer }) => cancer)).toEqual([{ L: 1 }, { R: 0 }]);
    expect(cohort.exams[0]!.metadata["Mass-Training_P_1_LEFT_CC 2"]).toContain("mass margins: ILL,DEFINED, assessment: 4, pathology: MALIGNANT");
    expect(cohort.images[0]).not.toHaveProperty("lesions");
    expect((await readCohortImage(cohort.images[2]!)).view).toBe("CC");
  });

  it("a malignant calcification labels the same breast's film in the table of masses", async () => {
    await cbis();
    await put("calc_case_description_test_set.csv", [head, row("P_2", "RIGHT", "CC", 1, "MALIGNANT", "Calc-Test")].join("\n"));
    await put("films/Calc-Test_P_2_RIGHT_CC.png", "");
    const cohort = await readCbisCohort(root, { images: join(root, "films") });
    expect(cohort.images.filter(({ patientId }) => patientId === "P_2").map(({ format, cancer }) => [format, cancer])).toEqual([
      ["png", 1],
      ["dicom", 1],
    ]);
  });

  it("says by row which films it expects and how many are missing", async () => {
    const error = await failure(readCbisCohort(await cbis()));
    expect(error.code).toBe("missing-file");
    expect(error.message).toMatch(/^mass_case_description_train_set\.csv row 2: expected the film .*"image file path".*; 3 of 3 films are missing$/);
    expect((await failure(readCbisCohort(join(root, "films")))).message).toContain("calc_case_description_train_set.csv");
  });

  it.each([
    ["a side", [rows[0]!.replace("LEFT", "left")], "invalid-value", "row 2"],
    ["a view", [...rows, row("P_3", "LEFT", "ML", 1, "BENIGN")], "invalid-value", "row 10"],
    ["a pathology", [row("P_1", "LEFT", "CC", 1, "UNKNOWN")], "invalid-value", "pathology"],
    ["a path of another film", [rows[0]!.replace("_CC/", "_MLO/")], "invalid-value", "image file path"],
    ["a path that leaves the folder", [rows[0]!.replace("1.2/1.3", "../..")], "invalid-value", "image file path"],
    ["an abnormality told twice", [rows[0]!, rows[0]!], "duplicate-row", "row 4"],
    ["no film at all", [], "empty-cohort", "at least one"],
  ])("refuses %s", async (_name, lines, code, place) => {
    const error = await failure(readCbisCohort(await cbis(lines), { images: join(root, "films") }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(place);
  });
});

describe.skipIf(!dataFolder())("CBIS-DDSM (needs the data folder)", () => {
  const data = join(dataFolder() ?? "", "cbis-ddsm");

  it("reads every row of the two training tables", async () => {
    const names = ["calc_case_description_train_set.csv", masses];
    for (const name of names) {
      const text = await readFile(join(data, name), "utf8");
      await put(name, text);
      for (const [film] of text.matchAll(/(?:Calc|Mass)-Training_P_\d+_(?:LEFT|RIGHT)_(?:CC|MLO)(?=\/)/g))
        await writeFile(join(root, `${film}.dcm`), "");
    }
    const cohort = await readCbisCohort(root);
    // Counted with Python's csv module: 1,546 and 1,318 rows of 1,227 and 1,231 films.
    expect(cohort.images).toHaveLength(1227 + 1231);
    expect(cohort.exams.reduce((sum, { metadata }) => sum + Object.keys(metadata).length, 0)).toBe(1546 + 1318);
    expect((await failure(readCbisCohort(data))).message).toContain("2458 of 2458 films are missing");
  });

  it("reads the film of P_01719, and refuses its table while a quote stays open", async () => {
    const test = "mass_case_description_test_set.csv";
    const text = await readFile(join(data, "P_01719_rows.csv"), "utf8");
    await put(test, text);
    expect((await failure(readCbisCohort(root, { images: data }))).message).toContain(`${test} row 2: expected a quote`);
    await put(test, `${text.split("\n").slice(0, 2).join("\n")}"\n`);
    const cohort = await readCbisCohort(root, { images: data, mmPerPixel: [0.05, 0.05] });
    const image = await readCohortImage(cohort.images[0]!);
    expect([cohort.images[0]!.cancer, image.laterality, image.view, image.source.rows, image.source.columns]).toEqual([1, "R", "CC", 4712, 2720]);
  });
});
