import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { sha256 } from "@mammo/files/node";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { holmAdjusted } from "../src/evaluation/holmAdjusted.ts";
import { commonLabel, joinCases } from "../src/evaluation/joinCases.ts";
import { mergePredictions } from "../src/evaluation/mergePredictions.ts";
import { readRows } from "../src/evaluation/readRows.ts";

/** By their names, which messages tell in tests only. */
const read = (path: string) => readRows(path, { called: basename(path) });
const folder = mkdtempSync(join(tmpdir(), "mammo-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, rows: readonly (readonly (string | number)[])[], delimiter = "\t"): string {
  const path = join(folder, name);
  writeFileSync(path, `${rows.map((row) => row.join(delimiter)).join("\n")}\n`);
  return path;
}

const nothing = { label: undefined, scores: undefined, readers: undefined, groups: undefined, cluster: undefined };
const join2 = async (predictions: string, truth?: string, wanted: Partial<Record<keyof typeof nothing, string>> = {}) =>
  joinCases(await read(predictions), truth === undefined ? undefined : await read(truth), { ...nothing, ...wanted });

const predictions = write("predictions.tsv", [
  ["subjectId", "laterality", "confidence"],
  ["p", "L", 0.5],
  ["q", "L", 0.25],
]);
const labels = write("labels.tsv", [
  ["subjectId", "laterality", "cancer"],
  ["p", "L", 1],
  ["q", "L", 0],
]);

describe("several files of predictions", () => {
  const other = write("other.tsv", [
    ["patient_id", "side", "probability", "other"],
    ["q", "R", 0.75, 2],
    ["q", "LEFT", 0.125, 3],
    ["p", "left", 0.625, 4],
  ]);
  const merged = async (files: readonly string[], options: Partial<Parameters<typeof mergePredictions>[1]> = {}) =>
    mergePredictions(await Promise.all(files.map(read)), { scores: undefined, ...options });

  it("are joined by what names a case, whatever its spelling and order, each with its own score's column", async () => {
    await expect(merged([predictions, other])).rejects.toMatchObject({
      code: "table",
      message:
        "Expected all files of predictions to name the same cases, got row 2 of other.tsv, which predictions.tsv does not have; --common keeps those that all have",
    });
    const found = await merged([predictions, other], { common: true, names: ["ours", "theirs"] });
    expect(found.scores).toBe("ours,theirs");
    expect(found.predictions.columns).toEqual(["subjectId", "laterality", "ours", "theirs"]);
    expect(found.predictions.rows.map(({ cells }) => cells)).toEqual([
      ["p", "L", "0.5", "0.625"],
      ["q", "L", "0.25", "0.125"],
    ]);
    expect(found.predictions.notes).toContain("1 of 3 cases are not in all 2 files of predictions and are left out");
    const { models, labels: truth } = joinCases(found.predictions, await read(labels), { ...nothing, scores: found.scores });
    expect([truth, models]).toEqual([
      [1, 0],
      [
        { name: "ours", values: [0.5, 0.25] },
        { name: "theirs", values: [0.625, 0.125] },
      ],
    ]);
    const several = await merged([other, other], { scores: "probability,other" });
    expect(several.predictions.columns).toEqual([
      "subjectId",
      "laterality",
      "file 1: probability",
      "file 1: other",
      "file 2: probability",
      "file 2: other",
    ]);
  });

  it.each<[what: string, options: object, table: readonly (readonly (string | number)[])[] | undefined, message: string]>([
    ["a name too few", { names: ["a"] }, undefined, "Expected 2 different names without commas for as many files of predictions, got 1"],
    ["one name twice", { names: ["a", "a"] }, undefined, "Expected 2 different names"],
    ["a pattern as a name", { names: ["a", "b*"] }, undefined, "Expected 2 different names"],
    [
      "a name that is a column",
      { names: ["subjectId", "b"] },
      undefined,
      "Expected names of scores that are no columns of predictions.tsv, got one that is",
    ],
    [
      "other keys",
      {},
      [
        ["subjectId", "confidence"],
        ["p", 1],
      ],
      "Expected all files of predictions to name their cases by subjectId + laterality, got bad.tsv without laterality",
    ],
    [
      "more keys",
      {},
      [
        ["subjectId", "laterality", "examIndex", "confidence"],
        ["p", "L", 1, 1],
      ],
      "got bad.tsv with examIndex",
    ],
    [
      "a case twice",
      {},
      [
        ["subjectId", "laterality", "confidence"],
        ["p", "L", 1],
        ["p", "left", 1],
      ],
      "Expected each subjectId + laterality once in bad.tsv, got row 3 like row 2",
    ],
    [
      "no score",
      {},
      [
        ["subjectId", "laterality"],
        ["p", "L"],
      ],
      "Expected bad.tsv to have a column confidence, score, probability",
    ],
  ])("refuse %s", async (_, options, table, message) => {
    await expect(merged([predictions, table ? write("bad.tsv", table) : predictions], options)).rejects.toThrow(message);
  });
});

describe("cases named by other columns", () => {
  const images = (name: string, scores: readonly number[], side: (k: number) => string = () => "") =>
    write(
      name,
      [
        ["image_id", "patient_id", "side", "label", "probability"],
        ...scores.map((score, k) => [`i${k}`, `p${Math.floor(k / 2)}`, side(k), k % 2, score]),
      ],
      ",",
    );
  const a = images("a.csv", [0.1, 0.9, 0.4, 0.8]);
  const b = images("b.csv", [0.2, 0.7, 0.5, 0.6]);

  it("--key joins files by them; women are still drawn whole", async () => {
    const tables = await Promise.all([a, b].map(read));
    const merged = mergePredictions(tables, { scores: undefined, key: "image_id", label: "label" });
    expect(merged.predictions.notes).toContain("all 2 files hold labels, the same ones");
    const cases = joinCases(merged.predictions, undefined, { ...nothing, scores: merged.scores, label: "label", key: "image_id" });
    expect(cases).toMatchObject({ labels: [0, 1, 0, 1], clusterName: "subjectId", clusters: ["p0", "p0", "p1", "p1"] });
    expect(cases.models.map(({ values }) => values)).toEqual([
      [0.1, 0.9, 0.4, 0.8],
      [0.2, 0.7, 0.5, 0.6],
    ]);
    // A key in any spelling: the other file may have another.
    const truth = write(
      "truth2.csv",
      [["ImageID", "subject", "label"], ...[0, 1, 0, 1].map((label, k) => [`i${k}`, `p${Math.floor(k / 2)}`, label])],
      ",",
    );
    for (const key of ["image_id", "imageId"]) {
      const { labels, notes } = joinCases(tables[0]!, await read(truth), { ...nothing, key });
      expect(labels).toEqual([0, 1, 0, 1]);
      expect(notes).toContain(`column 1 of truth2.csv is taken as ${key}`);
    }
    const renamed = write("truth3.csv", [["film", "label"], ...[0, 1, 0, 1].map((label, k) => [`i${k}`, label])], ",");
    await expect(read(renamed).then((table) => joinCases(tables[0]!, table, { ...nothing, key: "image_id" }))).rejects.toThrow(
      "Expected truth3.csv to have the column image_id, as a.csv has, got 2 others",
    );
    expect(joinCases(tables[0]!, await read(renamed), { ...nothing, key: "image_id", rename: "film=image_id" }).labels).toEqual([0, 1, 0, 1]);
    expect(() => joinCases(tables[0]!, undefined, { ...nothing, key: "film" })).toThrow(
      "Expected a.csv to have the column film (--key), got 5 others",
    );
    expect(() => joinCases(tables[0]!, undefined, { ...nothing, key: "patient_id" })).toThrow(
      "Expected each subjectId once in a.csv, got row 3 like row 2; --repeated takes them as cases of their own, --key and --rename name other key columns",
    );
  });

  it("common keeps the cases that have a prediction, and counts the labels without one", async () => {
    const [predicted] = await Promise.all([a].map(read));
    const truth = await read(write("more.csv", [["image_id", "label"], ...[0, 1, 0, 1, 1, 0].map((label, k) => [`i${k}`, label])], ","));
    expect(() => joinCases(predicted!, truth, { ...nothing, key: "image_id" })).toThrow(
      "Expected a prediction in a.csv for row 6 of more.csv, got none",
    );
    const { labels, notes } = joinCases(predicted!, truth, { ...nothing, key: "image_id", common: true });
    expect(labels).toEqual([0, 1, 0, 1]);
    expect(notes).toContain("2 labels without a prediction are left out");
  });

  it("labels that differ between files are refused", async () => {
    const other = write("c.csv", [["image_id", "label", "probability"], ...[0, 1, 1, 1].map((label, k) => [`i${k}`, label, 0.5])], ",");
    const tables = await Promise.all([a, other].map(read));
    expect(() => mergePredictions(tables, { scores: undefined, key: "image_id", label: "label" })).toThrow(
      "Expected one label for each case, got row 4 of c.csv unlike row 4 of a.csv; --labels names the file whose labels count",
    );
  });

  it("commonLabel: where each file holds labels and scores, none is the labels", async () => {
    const tables = await Promise.all([a, b].map(read));
    const asked = { label: undefined, scores: undefined };
    expect(commonLabel(tables, asked)).toBe("label");
    expect(commonLabel(tables.slice(1), asked)).toBeUndefined();
    expect(commonLabel(tables, { label: "finding", scores: undefined })).toBeUndefined();
    expect(commonLabel(tables, { label: undefined, scores: "prob*" })).toBe("label");
    expect(commonLabel(tables, { label: undefined, scores: "logit" })).toBeUndefined();
    expect(commonLabel([tables[0]!, await read(labels)], asked)).toBeUndefined();
  });
});

it("holmAdjusted is p.adjust's of R for method holm", () => {
  // p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.9), "holm"): by hand 5 * 0.005, 4 * 0.01, 3 * 0.03, 2 * 0.04 but not below 0.09, 0.9.
  const adjusted = [0.04, 0.09, 0.09, 0.025, 0.9];
  for (const [k, p] of holmAdjusted([0.01, 0.04, 0.03, 0.005, 0.9]).entries()) expect(p).toBeCloseTo(adjusted[k]!, 12);
  expect([holmAdjusted([]), holmAdjusted([0.2]), holmAdjusted([0.6, 0.7])]).toEqual([[], [0.2], [1, 1]]);
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
    const [a, b] = [await read(csv), await read(parquet)];
    expect(a.columns).toEqual(["subjectId", "laterality", "confidence", "cancer"]);
    expect(a.rows).toEqual([
      { line: 2, cells: ['a, "b"', "L", "0.5", "1"] },
      { line: 3, cells: ["c", "R", "0.25", "0"] },
    ]);
    expect([b.columns, b.rows]).toEqual([a.columns, a.rows]);
  });

  it("gzipped ones too, .txt, and any text whose separator is said", async () => {
    const text = "\ufeffsubjectId;confidence;cancer\np;0.5;1\nq;0.25;0\n";
    const rows = [
      { line: 2, cells: ["p", "0.5", "1"] },
      { line: 3, cells: ["q", "0.25", "0"] },
    ];
    const save = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    for (const [name, content] of [
      ["zipped.csv.gz", gzipSync(text)],
      ["zipped.CSV.GZ", gzipSync(text)],
      ["plain.txt", text],
    ] as const)
      expect((await read(save(name, content))).rows).toEqual(rows);
    const tabs = save("zipped.tsv.gz", gzipSync(text.replaceAll(";", "\t")));
    expect(await read(tabs)).toMatchObject({ rows, notes: [], sha256: sha256(readFileSync(tabs)) });
    const odd = save("table.dat", text);
    expect((await readRows(odd, { separator: ";" })).rows).toEqual(rows);
    await expect(read(odd)).rejects.toThrow("Expected table.dat to end in .csv, .tsv, .txt, .parquet, perhaps with .gz behind, or --sep");
    // Heads with another separator in them, which the guess would take.
    const commas = save("commas.csv", "subjectId;cancer, biopsied, twice\np;1\n");
    expect((await readRows(commas, { separator: ";" })).columns).toEqual(["subjectId", "cancer, biopsied, twice"]);
    expect((await read(save("guess.csv", "subjectId;side;cancer, biopsied\np;L;1\n"))).columns).toHaveLength(3);
    await expect(read(save("broken.csv.gz", gzipSync(text).subarray(0, 30)))).rejects.toMatchObject({
      code: "table",
      message: "Expected broken.csv.gz to be a whole gzip file, but: Z_BUF_ERROR",
    });
    await expect(read(save("none.csv.gz", text))).rejects.toThrow("Expected none.csv.gz to be a whole gzip file, but: Z_DATA_ERROR");
    await expect(read(save("bomb.csv.gz", Buffer.concat(Array(257).fill(gzipSync(Buffer.alloc(2 ** 20))))))).rejects.toThrow(
      "Expected bomb.csv.gz to be at most 268435456 bytes when unzipped",
    );
  });

  it("counts a row by its line in the file: the heads are row 1, empty lines and line ends in quotes count too", async () => {
    const csv = join(folder, "gaps.csv");
    writeFileSync(csv, 'subjectId,confidence,cancer\n\n"a\nb",0.5,1\r\n\r\nc,0.25,0\n');
    expect((await read(csv)).rows.map(({ line }) => line)).toEqual([3, 6]);
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
    expect(cases.notes).toEqual([
      "1 rows of earlier exams are left out: of a subjectId the last examIndex counts",
      "1 predictions without a label are left out",
      "2 cases not imaged (.) or masked (*) are left out",
    ]);
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
    expect(exams.notes).toContain("labels are finer than predictions: 3 subjectId have several, and cancer when one of them has");
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
    ['Expected a decimal number as confidence in row 3 of bad.tsv, got "NaN"', rows(["p", "L", 1], ["p", "R", "NaN"]), truth],
    ['Expected a decimal number as confidence in row 2 of bad.tsv, got ""', rows(["p", "L", ""], ["p", "R", "1"]), truth],
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
        ["subjectId", "laterality", "confidence", "cancer"],
        ["p", "L", 1, 0],
        ["p", "R", 1, 1],
      ],
      undefined,
    ],
    ["bad.tsv, row 2: expected 3 cells, got 2", rows(["p", "L"]), truth],
    ["Expected at least one row below the heads of bad.tsv, got none", rows(), truth],
    [
      "Expected bad.tsv to have a column confidence, score, probability or one named by --score, got 3 others",
      [
        ["subjectId", "laterality", "guess"],
        ["p", "L", 1],
      ],
      truth,
    ],
    [
      "Expected bad.tsv to have a column cancer, label, or cancerL and cancerR, or one named by --label, got 3 others",
      rows(["p", "L", 1]),
      undefined,
    ],
    [
      "bad.tsv, row 1: expected each column once",
      [
        ["subjectId", "confidence", "confidence"],
        ["p", 1, 1],
      ],
      undefined,
    ],
    [
      "Expected truth.tsv to have the column examIndex, as bad.tsv has, got 3 others",
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
    await expect(join2(predictions, odd)).rejects.toThrow(
      /^Expected 0, 1, \. or \* as label in row 2 of odd\.tsv, got "2"; --positive names another label that counts as 1$/,
    );
    await expect(join2(predictions, odd, { label: "subjectId" })).rejects.toThrow(
      /^Expected 0, 1, \. or \* as label in row 2 of odd\.tsv, got a text of 8 characters; --positive/,
    );
    await expect(join2(predictions, labels, { cluster: "hospital" })).rejects.toThrow(
      "Expected a column hospital (--cluster) in predictions.tsv or labels.tsv, got none",
    );
    await expect(join2(predictions, labels, { readers: "Reader*" })).rejects.toThrow(
      "Expected a column Reader* (--readers) in predictions.tsv, got 3 others",
    );
    await expect(read(write("odd.xlsx", [["a"]]))).rejects.toThrow("Expected odd.xlsx to end in .csv, .tsv, .txt, .parquet");
    await expect(read(write("odd.parquet", [["a"]]))).rejects.toThrow("Expected odd.parquet to be a whole Parquet file, but:");
  });
});
