import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { auroc, partialAuroc } from "@mammo/metrics";
import { dataFolder, expectClose } from "@mammo/testing";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { joinCases } from "./joinCases.ts";
import { readRows } from "./readRows.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const evaluate = (...args: string[]) =>
  spawnSync(process.execPath, ["--conditions=@mammo/source", "--import", "tsx", main, ...args], { encoding: "utf8" });

function write(name: string, rows: readonly (readonly (string | number)[])[], delimiter = "\t"): string {
  const path = join(folder, name);
  writeFileSync(path, `${rows.map((row) => row.join(delimiter)).join("\n")}\n`);
  return path;
}

const nothing = { label: undefined, scores: undefined, readers: undefined, groups: undefined, cluster: undefined };
const join2 = async (predictions: string, truth?: string, wanted: Partial<Record<keyof typeof nothing, string>> = {}) =>
  joinCases(await readRows(predictions), truth === undefined ? undefined : await readRows(truth), { ...nothing, ...wanted });

/** Sixty women, the cancer in the left breast of every fourth. */
const women = Array.from({ length: 60 }, (_, w) => ({ id: `s${w}`, cancer: w % 4 === 0, density: "abcd"[w % 4 === 0 ? (w / 4) % 4 : w % 3]! }));
const breasts = women.flatMap(({ id, cancer, density }, w) =>
  (["L", "R"] as const).map((side, s) => {
    const label = Number(cancer && side === "L");
    return { id, side, label, density, score: (((w * 7 + s * 31) % 40) / 40) * 0.8 + 0.15 * label };
  }),
);
const predictions = write("predictions.tsv", [["subjectId", "laterality", "confidence"], ...breasts.map(({ id, side, score }) => [id, side, score])]);
const labels = write("labels.tsv", [
  ["subjectId", "laterality", "cancer", "density"],
  ...breasts.map(({ id, side, label, density }) => [id, side, label, density]),
]);

describe("npm run evaluate", () => {
  it("prints and writes the challenge's scores, both partial areas named", () => {
    const out = join(folder, "out");
    const { stdout, stderr, status } = evaluate(
      predictions,
      labels,
      "--resamples",
      "200",
      "--groups",
      "density",
      "--out",
      out,
      "--markdown",
      join(out, "page.md"),
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("120 cases, 15 positive, 60 different subjectId");
    expect(stdout).toContain(
      "pAUROC raw: area over sensitivity [0.8, 1], uncorrected; 0.2 is perfect, 0.02 is chance (the DREAM challenge's convention)",
    );
    expect(stdout).toContain("pAUROC McClish: the same area standardised after McClish (1989); 1 is perfect, 0.5 is chance");
    const result = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    const [y, s] = [breasts.map(({ label }) => label), breasts.map(({ score }) => score)];
    const part = { minTruePositiveRate: 0.8 };
    const [first] = result.scores;
    expectClose(
      [first.auroc.estimate, first.partialRaw.estimate, first.partialMcClish.estimate],
      [auroc(y, s), partialAuroc(y, s, part, { raw: true }), partialAuroc(y, s, part)],
      {
        absolute: 1e-12,
      },
    );
    expect(first.auroc.low < first.auroc.estimate && first.auroc.estimate < first.auroc.high).toBe(true);
    expect(result.subgroups[0].rows).toHaveLength(4);
    expect(result.inputs.map(({ file }: { file: string }) => file)).toEqual(["predictions.tsv", "labels.tsv"]);
    const html = readFileSync(join(out, "evaluation.html"), "utf8");
    expect(html.match(/<svg/g)).toHaveLength(6);
    // Self-contained: nothing is fetched, nothing is run.
    expect(html).not.toMatch(/<script|<link|<img|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    const markdown = readFileSync(join(out, "page.md"), "utf8");
    expect(markdown).toContain("![ROC");
    // The page says how it was made, without the folder of the other report.
    expect(markdown).toContain("npm run evaluate -- predictions.tsv labels.tsv --resamples 200 --groups density --markdown ");
  });

  it("gives the same bytes for the same seed, others for another", () => {
    const run = (seed: string) => evaluate(predictions, labels, "--resamples", "50", "--seed", seed).stdout;
    const first = run("3");
    expect(run("3")).toBe(first);
    expect(run("4")).not.toBe(first);
  });

  it("helps, and ends with one clear line on a wrong call", () => {
    expect(evaluate("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--min-sensitivity") });
    const wrong = evaluate(predictions, labels, "--seed", "x");
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr.trim().split("\n")).toHaveLength(1);
    const none = evaluate(join(folder, "absent.tsv"), labels);
    expect(none.status).not.toBe(0);
    expect(none.stderr.trim()).toBe("error [table]: Expected a readable file absent.tsv, but the disk answered ENOENT");
  });

  it.skipIf(!dataFolder())("evaluates the public reader study by one command (needs the data folder)", () => {
    const out = join(folder, "study");
    const file = join(dataFolder()!, "nyu-reader-study/reader_study.csv");
    const { status, stderr } = evaluate(file, "--cluster", "case_ID", "--score", "AI_*", "--readers", "Reader*", "--resamples", "100", "--out", out);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { cases, positives, clusters, scores, readerStudy } = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    expect([cases, positives, clusters, scores.length]).toEqual([1440, 61, 720, 21]);
    // Wu et al. 2019 (IEEE TMI, the study's authors) print 0.705 to 0.860 for the fourteen readers, 0.778 their mean.
    const readers = scores
      .filter(({ reader }: { reader: boolean }) => reader)
      .map(({ auroc: { estimate } }: { auroc: { estimate: number } }) => estimate);
    expectClose([Math.min(...readers), Math.max(...readers)], [0.705, 0.86], { absolute: 5e-4 });
    expectClose(readers.reduce((sum: number, value: number) => sum + value, 0) / 14, 0.778, { absolute: 1e-3 });
    expect(readerStudy.models).toHaveLength(7);
    expect(readerStudy.models[0].auroc.combined.p).toBeLessThan(0.001);
  });
});

describe("tables", () => {
  it("CSV with quotes, TSV and Parquet say the same", async () => {
    const csv = join(folder, "same.csv");
    writeFileSync(csv, '\ufeffsubjectId,laterality,confidence,cancer\r\n"a, ""b""",L,0.5,1\r\nc,R,0.25,0\r\n');
    const parquet = join(folder, "same.parquet");
    const columnData = [
      { name: "subjectId", data: ['a, "b"', "c"], type: "STRING" as const },
      { name: "laterality", data: ["L", "R"], type: "STRING" as const },
      { name: "confidence", data: [0.5, 0.25], type: "DOUBLE" as const },
      { name: "cancer", data: [1n, 0n], type: "INT64" as const },
    ];
    writeFileSync(parquet, Buffer.from(parquetWriteBuffer({ columnData })));
    const [a, b] = [await readRows(csv), await readRows(parquet)];
    expect(a.columns).toEqual(["subjectId", "laterality", "confidence", "cancer"]);
    expect(a.rows).toEqual([
      { line: 2, cells: ['a, "b"', "L", "0.5", "1"] },
      { line: 3, cells: ["c", "R", "0.25", "0"] },
    ]);
    expect([b.columns, b.rows]).toEqual([a.columns, a.rows]);
  });

  it("counts a row by its line in the file: the heads are row 1, empty lines and line ends in quotes count too", async () => {
    const csv = join(folder, "gaps.csv");
    writeFileSync(csv, 'subjectId,confidence,cancer\n\n"a\nb",0.5,1\r\n\r\nc,0.25,0\n');
    expect((await readRows(csv)).rows.map(({ line }) => line)).toEqual([3, 6]);
  });

  it("the challenge's metadata: two breasts a row, the last exam, `.` and `*` left out", async () => {
    const metadata = write("exams_metadata.tsv", [
      ["subjectId", "examIndex", "cancerL", "cancerR", "age"],
      ["1", 1, 0, 0, 50],
      ["1", 2, 1, 0, 51],
      ["2", 1, ".", 0, 60],
      ["3", 1, "*", "*", 60],
    ]);
    const guesses = write("guesses.tsv", [
      ["subjectId", "laterality", "confidence"],
      ["1", "L", 0.9],
      ["1", "R", 0.1],
      ["2", "R", 0.2],
      ["2", "L", 0.3],
      ["3", "L", 0.3],
      ["4", "L", 0.3],
    ]);
    const cases = await join2(guesses, metadata, { groups: "age" });
    expect(cases.labels).toEqual([1, 0, 0]);
    expect(cases.models[0]!.values).toEqual([0.9, 0.1, 0.2]);
    expect(cases.clusters).toEqual(["1", "1", "2"]);
    expect(cases.groups[0]!.values).toEqual(["51", "51", "60"]);
    expect(cases.notes).toEqual(["1 predictions without a label are left out", "2 cases not imaged (.) or masked (*) are left out"]);
    const exams = await join2(
      write("exams.tsv", [
        ["subjectId", "confidence"],
        ["1", 0.9],
        ["2", 0.2],
        ["3", 0.5],
      ]),
      metadata,
    );
    expect(exams.labels).toEqual([1, 0]);
  });

  const rows = (...lines: (string | number)[][]) => [["subjectId", "laterality", "confidence"], ...lines];
  const truth = write("truth.tsv", [
    ["subjectId", "laterality", "cancer"],
    ["p", "L", 1],
    ["p", "R", 0],
  ]);
  it.each([
    ["Expected each subjectId + laterality once in bad.tsv, got row 4 like row 2", rows(["p", "L", 1], ["p", "R", 1], ["p", "L", 0]), truth],
    ["Expected a prediction in bad.tsv for row 3 of truth.tsv, got none", rows(["p", "L", 1]), truth],
    ['Expected a finite number as confidence in row 3 of bad.tsv, got "NaN"', rows(["p", "L", 1], ["p", "R", "NaN"]), truth],
    ['Expected a finite number as confidence in row 2 of bad.tsv, got ""', rows(["p", "L", ""], ["p", "R", "1"]), truth],
    [
      "Expected cases with label 0 and cases with label 1 in bad.tsv, got 0 positive of 2",
      [
        ["subjectId", "confidence", "cancer"],
        ["p", 1, 0],
        ["q", 1, 0],
      ],
      undefined,
    ],
    [
      "Expected cases with label 0 and cases with label 1 in bad.tsv, got 0 positive of 0",
      [
        ["subjectId", "confidence", "cancer"],
        ["p", 1, "*"],
      ],
      undefined,
    ],
    [
      "Expected at least two different subjectId to draw from, got 1",
      [
        ["subjectId", "confidence", "cancer"],
        ["p", 1, 0],
        ["p", 1, 1],
      ],
      undefined,
    ],
    ["Expected 3 cells in row 2 of bad.tsv, got 2", rows(["p", "L"]), truth],
    ["Expected at least one row below the heads of bad.tsv, got none", rows(), truth],
    [
      "Expected bad.tsv to have a column confidence, score, probability or one named by --score, got subjectId, laterality, guess",
      [
        ["subjectId", "laterality", "guess"],
        ["p", "L", 1],
      ],
      truth,
    ],
    [
      "Expected bad.tsv to have a column cancer, label, or cancerL and cancerR, got subjectId, laterality, confidence",
      rows(["p", "L", 1]),
      undefined,
    ],
    [
      'Expected each column of bad.tsv once, got "confidence" twice',
      [
        ["subjectId", "confidence", "confidence"],
        ["p", 1, 1],
      ],
      undefined,
    ],
    [
      "Expected truth.tsv to have the column examIndex, as bad.tsv has, got subjectId, laterality, cancer",
      [
        ["subjectId", "examIndex", "confidence"],
        ["p", 1, 1],
      ],
      truth,
    ],
  ])("%s", async (message, lines, labelFile) => {
    await expect(join2(write("bad.tsv", lines), labelFile)).rejects.toThrow(message);
  });

  it("a label that is none is told with its row, and nothing of the patient", async () => {
    const odd = write("odd.tsv", [
      ["subjectId", "laterality", "cancer"],
      ["Jane Doe", "L", 2],
    ]);
    await expect(join2(predictions, odd)).rejects.toThrow(/^Expected 0, 1, \. or \* as label in row 2 of odd\.tsv, got "2"$/);
    await expect(join2(predictions, odd, { label: "subjectId" })).rejects.toThrow(
      /^Expected 0, 1, \. or \* as label in row 2 of odd\.tsv, got a text of 8 characters$/,
    );
    await expect(join2(predictions, labels, { cluster: "hospital" })).rejects.toThrow(
      "Expected a column hospital (--cluster) in predictions.tsv or labels.tsv, got none",
    );
    await expect(join2(predictions, labels, { readers: "Reader*" })).rejects.toThrow(
      "Expected a column Reader* (--readers) in predictions.tsv, got subjectId, laterality, confidence",
    );
    await expect(readRows(write("odd.xlsx", [["a"]]))).rejects.toThrow("Expected odd.xlsx to end in .csv, .tsv, .parquet");
    await expect(readRows(write("odd.parquet", [["a"]]))).rejects.toThrow("Expected odd.parquet to be a whole Parquet file, but:");
  });
});
