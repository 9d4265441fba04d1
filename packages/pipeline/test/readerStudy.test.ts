import { readFileSync } from "node:fs";
import { join } from "node:path";
import { permutation } from "@mammo/mammogram";
import { areaUnder, auroc, delong, mrmc, partialAreaUnder } from "@mammo/metrics";
import { dataFolder, expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { analyzeStudy, type StudyOptions } from "../src/evaluation/analyzeStudy.ts";
import { naturalOrder } from "../src/evaluation/naturalOrder.ts";
import { readRows } from "../src/evaluation/readRows.ts";
import { readStudy, type StudyColumns } from "../src/evaluation/readStudy.ts";
import type { Rows } from "../src/evaluation/rows.ts";
import { studyFigures } from "../src/evaluation/studyFigures.ts";
import { describeStudy, studyTables } from "../src/evaluation/studyTables.ts";

const options: StudyOptions = { covariance: "jackknife", minSensitivity: 0.8, seed: 1, resamples: 50 };
const table = (columns: string, rows: readonly string[], file = "file 1"): Rows => ({
  file,
  sha256: "",
  columns: columns.split(","),
  rows: rows.map((row, k) => ({ line: k + 2, cells: row.split(",") })),
});

/** Forty cases, three readers, three treatments; a rating is a pure function of all of them. */
const [cases, readers, treatments] = [40, ["R1", "R2", "R10"], ["film", "digital", "digital + AI"]];
const truthOf = (k: number) => Number(k % 3 === 0);
const rating = (i: number, j: number, k: number) => ((k * 17 + i * 5 + j * 11 + ((i * j * k) % 7)) % 23) + truthOf(k) * (4 + 3 * i + j);
const head = "reader,treatment,case,truth,rating";
const row = (i: number, j: number, k: number, value: number | string = rating(i, j, k)) =>
  `${readers[j]},${treatments[i]},c${k},${truthOf(k)},${value}`;
const rows = treatments.flatMap((_, i) => readers.flatMap((__, j) => Array.from({ length: cases }, (___, k) => row(i, j, k))));
const labels = Array.from({ length: cases }, (_, k) => truthOf(k));
// In the order of the study: digital, digital + AI, film; R1, R2, R10.
const ratings = [1, 2, 0].map((i) => readers.map((_, j) => labels.map((__, k) => rating(i, j, k))));
const read = (lines: readonly string[], wanted: Partial<StudyColumns> = {}, columns = head) =>
  readStudy(table(columns, lines), undefined, { label: undefined, ...wanted });

describe("a reader study in long form", () => {
  it("is the same in whatever order its rows stand", () => {
    const study = read(rows);
    expect(study).toMatchObject({ treatments: ["digital", "digital + AI", "film"], readers, labels, ratings, clusterName: "case", notes: [] });
    const mixed = readStudy(
      table(
        head,
        Array.from(permutation(rows.length, 1), (k) => rows[k]!),
      ),
      undefined,
      { label: undefined },
    );
    // Cases come as the rows name them: the areas do not care.
    const [found, wanted] = [mixed, study].map((one) => analyzeStudy(one, options).auroc.tests.flatMap(({ statistic, p }) => [statistic, p]));
    expectClose(found!, wanted!, { relative: 1e-12 });
  });

  it("has the numbers of mrmc, each pair by itself, and of DeLong for each reader", () => {
    const { auroc: found, partialRaw, byReader, omitted } = analyzeStudy(read(rows), options);
    const all = mrmc(labels, ratings, { covariance: "jackknife", statistic: areaUnder });
    expect(found.areas.map(({ area }) => area)).toEqual(all.areas.flat());
    expect(found.areas[7]).toMatchObject({ treatment: "film", reader: "R2" });
    expectClose(found.areas[7]!.area, auroc(labels, ratings[2]![1]!), { absolute: 1e-12 });
    expect(found.tests.map(({ analysis, p }) => [analysis, p])).toEqual([
      ["randomReadersRandomCases", all.randomReadersRandomCases.p],
      ["fixedReadersRandomCases", all.fixedReadersRandomCases.p],
      ["randomReadersFixedCases", all.randomReadersFixedCases.p],
    ]);
    expect(found.pairs.map(({ a, b }) => [a, b])).toEqual([
      ["digital", "digital + AI"],
      ["digital", "film"],
      ["digital + AI", "film"],
    ]);
    const last = mrmc(labels, ratings.slice(1), { covariance: "jackknife", statistic: areaUnder }).randomReadersRandomCases;
    expect(found.pairs[2]!.randomReadersRandomCases).toMatchObject({ estimate: last.differences[0]!.estimate, p: last.p });
    const ps = found.pairs.map(({ randomReadersRandomCases: { p } }) => p);
    expect(found.pairs[ps.indexOf(Math.min(...ps))]!.randomReadersRandomCases.pHolm).toBeCloseTo(Math.min(1, 3 * Math.min(...ps)), 12);
    expect(partialRaw!.tests[0]!.p).toBe(
      mrmc(labels, ratings, { covariance: "jackknife", statistic: (curve) => partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true }) })
        .randomReadersRandomCases.p,
    );
    const { difference, p } = delong(labels, ratings[0]![2]!, ratings[2]![2]!);
    expect(byReader.differences.find(({ reader, b, a }) => reader === "R10" && a === "digital" && b === "film")).toMatchObject({
      estimate: difference,
      p,
    });
    expect([byReader.test, omitted]).toEqual(["DeLong", []]);
  });

  it("says that a partial area needs the jackknife, and clusters too", () => {
    const { partialRaw, omitted } = analyzeStudy(read(rows), { ...options, covariance: "delong" });
    expect([partialRaw, omitted]).toEqual([undefined, [{ section: "Partial area", reason: expect.stringContaining("--covariance jackknife") }]]);
    const women = rows.map((line) => `${line},w${Math.floor(Number(/,c(\d+),/.exec(line)![1]) / 2)}`);
    const study = read(women, { cluster: "woman" }, `${head},woman`);
    expect([study.clusterName, new Set(study.clusters).size]).toEqual(["woman", 20]);
    expect(() => analyzeStudy(study, { ...options, covariance: "delong" })).toThrow(
      "Expected --covariance jackknife where a woman has several cases",
    );
    const found = analyzeStudy(study, options);
    const whole = mrmc(labels, ratings, { covariance: "jackknife", clusters: labels.map((_, k) => Math.floor(k / 2)) });
    expect(found.auroc.tests[0]!.p).toBeCloseTo(whole.randomReadersRandomCases.p, 12);
    expect(found.byReader.test).toBe("percentile bootstrap by woman, 50 resamples, seed 1");
  });

  it("knows other words for its columns, takes the truth from a table of its own and names cases by several columns", () => {
    const other = rows.map((line) => line.replace(/,c(\d+),/, (_, k) => `,p${Number(k) >> 1},${Number(k) % 2 ? "R" : "left"},`));
    const columns = "Reader ID,modality,patient,side,gold,score";
    const { labels: found, clusterName } = read(other, { label: "gold" }, columns);
    expect([found, clusterName]).toEqual([labels, "subjectId"]);
    const ratingsOnly = table(
      "doc,arm,case,confidence",
      rows.map((line) => line.replace(/,[01],/, ",")),
    );
    const truth = table(
      "case,finding",
      labels.map((label, k) => `c${k},${label ? "malignant" : "benign"}`),
      "file 2",
    );
    const wanted = { label: "finding", positive: "malignant", rename: "doc=reader,arm=treatment" };
    expect(readStudy(ratingsOnly, truth, wanted)).toMatchObject({ labels, ratings });
    expect(() => readStudy(ratingsOnly, { ...truth, rows: truth.rows.slice(1) }, wanted)).toThrow(
      "Expected a truth in file 2 for the case of row 2 of file 1, got none",
    );
    const keyed = read(other, { label: "gold", key: "patient,side" }, columns);
    expect(keyed.labels).toEqual(labels);
  });

  const lacking = rows.filter((line) => line !== row(1, 2, 7));
  it.each<[what: string, lines: readonly string[], message: string]>([
    [
      "a cell is missing",
      lacking,
      "Expected 360 ratings in file 1, of each of 40 cases by each of 3 readers with each of 3 treatments, got 359: none of the case of row 9 by the reader of row 82 with the treatment of row 122; --common keeps the cases that have all",
    ],
    [
      "a rating is missing",
      rows.map((line) => (line === row(1, 2, 7) ? row(1, 2, 7, "NA") : line)),
      "got 359: none of the case of row 9 by the reader of row 82",
    ],
    [
      "a rating is none",
      [row(0, 0, 0, "high"), ...rows.slice(1)],
      "Expected a decimal number as rating in row 2 of file 1, got a text of 4 characters",
    ],
    ["a cell comes twice", [...rows, row(0, 1, 3)], "Expected each treatment + reader + case once in file 1, got row 362 like row 45"],
    [
      "the truth contradicts itself",
      [rows[0]!.replace(",1,", ",0,"), ...rows.slice(1)],
      "Expected one truth for each case in file 1, got row 42 unlike row 2",
    ],
    ["one treatment", rows.slice(0, 120), "Expected at least two different values in the column treatment of file 1, got 1"],
    ["one reader", rows.filter((line) => line.startsWith("R1,")), "Expected at least two different values in the column reader of file 1, got 1"],
    ["nobody", [rows[0]!.replace("R1", ""), ...rows.slice(1)], 'Expected a reader in row 2 of file 1, got ""'],
    [
      "one class",
      rows.map((line) => line.replace(",1,", ",0,")),
      "Expected cases with truth 0 and cases with truth 1 in file 1, got 0 positive of 40",
    ],
  ])("refuses where %s", (_, lines, message) => {
    expect(() => read(lines)).toThrow(message);
  });

  it("goes on with the complete cases where that is said", () => {
    const { labels: kept, notes } = read(lacking, { common: true });
    expect([kept.length, notes]).toEqual([39, ["1 of 40 cases are not rated by every reader with every treatment and are left out"]]);
  });

  it("tells what column it lacks", () => {
    expect(() => read(rows, {}, head.replace("treatment", "arm"))).toThrow(
      "Expected file 1 to have a column treatment or one named by --rename COLUMN=treatment",
    );
    expect(() => read(rows, {}, head.replace("rating", "grade"))).toThrow(
      "Expected file 1 to have a column rating, confidence, score, probability or one named by --score",
    );
    expect(() => read(rows, {}, head.replace("case", "film"))).toThrow("Expected file 1 to have a column case, or those named by --key");
  });

  it("is told in words, tables and pictures without a number that is none", () => {
    const study = read(rows);
    const analysis = analyzeStudy(study, options);
    expect(describeStudy(analysis)[0]).toBe("3 readers, 3 treatments (digital, digital + AI, film), 40 cases, 14 positive; fully crossed");
    const tables = studyTables(analysis);
    expect(tables.map(({ title }) => title)).toContain("Mean pAUROC raw: differences");
    for (const { rows } of tables) expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    for (const { svg } of studyFigures(study, analysis)) expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe("naturalOrder", () => {
  it.each([
    [
      ["50-59", "40-49", "100-109", "<40", "≥110"],
      ["<40", "40-49", "50-59", "100-109", "≥110"],
    ],
    [
      ["under 40", "40-49", "over 49"],
      ["under 40", "40-49", "over 49"],
    ],
    [
      ["70+", "70-74", "9", "60-69"],
      ["9", "60-69", "70-74", "70+"],
    ],
    [
      ["10", "9", "-1.5", "1e2", ""],
      ["-1.5", "9", "10", "1e2", ""],
    ],
    [
      ["d", "a", "unknown", "c", "b"],
      ["a", "b", "c", "d", "unknown"],
    ],
    [
      ["T10", "T2", "NA", "Tis"],
      ["T2", "T10", "Tis", "NA"],
    ],
  ])("%j", (groups, ordered) => {
    expect(naturalOrder(groups)).toEqual(ordered);
  });
});

describe.skipIf(!dataFolder())("Van Dyke's study in long form, against OR-DBM MRMC 2.51 and MRMCaov (needs the data folder)", () => {
  const golden = JSON.parse(readFileSync(new URL("../../metrics/test/golden/vanDyke.json", import.meta.url), "utf8")).VanDyke;
  const analyzed = async (covariance: StudyOptions["covariance"]) =>
    analyzeStudy(readStudy(await readRows(join(dataFolder()!, "roc/VanDyke.csv")), undefined, { label: undefined }), { ...options, covariance });

  it.each(["jackknife", "delong", "unbiased"] as const)("%s", async (covariance) => {
    const { cases, positives, readers, treatments, auroc } = await analyzed(covariance);
    expect([cases, positives, readers, treatments]).toEqual([114, 45, ["1", "2", "3", "4", "5"], ["1", "2"]]);
    expectClose(
      auroc.areas.map(({ area }) => area),
      golden.auc.flat(),
      { absolute: 5.1e-9 },
    );
    expectClose(
      auroc.means.map(({ estimate }) => estimate),
      golden.means,
      { relative: 5.1e-7 },
    );
    const want = golden[covariance];
    const [random] = auroc.tests;
    expectClose([random!.statistic, random!.df2, random!.p], [want.F ?? want.F_own, want.df2 ?? want.df2_own, want.p ?? want.p_own], {
      relative: 5.1e-7,
    });
    expectClose(Object.values(auroc.components), [want.var, want.cov1, want.cov2, want.cov3], { absolute: 5.1e-11 });
    const [pair] = auroc.pairs;
    expectClose(pair!.randomReadersRandomCases.estimate, golden.diff, { absolute: 5.1e-9 });
    if (covariance === "delong")
      expectClose([pair!.randomReadersRandomCases.low, pair!.randomReadersRandomCases.high], golden.delong.diff_ci95, { absolute: 5.1e-10 });
  });

  it("fixed readers, fixed cases and the components of Dorfman, Berbaum and Metz", async () => {
    const { auroc } = await analyzed("jackknife");
    const [, fixedReaders, fixedCases] = auroc.tests;
    expectClose([fixedReaders!.statistic, fixedReaders!.p], [5.475953, 0.01927984], { relative: 5.1e-7 });
    expectClose([fixedCases!.statistic, fixedCases!.df2, fixedCases!.p], [8.704, 4, 0.04195875], { relative: 5.1e-4 });
    const { VarR, VarC, VarTR, VarTC, VarRC, VarTRC_Err } = golden.DBM;
    expectClose(Object.values(auroc.dbm!), [VarR, VarC, VarTR, VarTC, VarRC, VarTRC_Err], { absolute: 5.1e-9 });
  });
});
