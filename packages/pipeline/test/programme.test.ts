import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProgrammeExam, programmePage, programmeReport, programmeTables, readProgrammeExams } from "../src/node.ts";

const exam = (subjectId: string, examIndex: number, score: number, more: Partial<ProgrammeExam> = {}): ProgrammeExam => ({
  subjectId,
  examIndex,
  score,
  probability: score / 10,
  ...more,
});

/** Two cancers, one with two exams before and one after, one with one before of unknown outcome; two women without, one of whom has two exams; one of unknown outcome. */
const exams = [
  exam("a", 3, 9, { cancer: 1, daysSincePreviousExam: 400, device: "Deneb", age: 61 }),
  exam("a", 1, 2, { cancer: 0, device: "Deneb" }),
  exam("a", 2, 6, { cancer: 0, daysSincePreviousExam: 700 }),
  exam("a", 4, 1, { cancer: 0 }),
  exam("b", 2, 4, { cancer: 1, daysSincePreviousExam: 365, device: "Altair", age: 48 }),
  exam("b", 1, 3),
  exam("c", 1, 10, { cancer: 0 }),
  exam("c", 2, 5, { cancer: 0, device: "Deneb", age: 52 }),
  exam("d", 1, 1, { cancer: 0, device: "Altair", age: 49 }),
  exam("e", 1, 8),
];

describe("a programme's report", () => {
  const report = programmeReport(exams);
  const distribution = (group: string) => report.distributions.find((one) => one.group === group)?.counts;

  it("finds the exams before each cancer, one of a woman each round, with the time between", () => {
    expect([report.exams, report.women, report.cancers]).toEqual([10, 5, 2]);
    expect(report.earlier.map(({ before, women, medianDays }) => [before, women, medianDays])).toEqual([
      [0, 2, undefined],
      [1, 2, 400],
      [2, 1, 1100],
    ]);
    // One exam before: scores 6 and 3.
    expect(report.earlier[1]!.flagged.map(({ rate }) => rate.events)).toEqual([2, 2, 1, 1, 1, 0, 0, 0, 0]);
    expect(distribution("cancer")).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    expect(distribution("2 exams before")).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("takes women without cancer once, by their latest exam, and none of unknown outcome", () => {
    expect(distribution("no cancer")).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(distribution("no cancer, device Deneb")).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(distribution("no cancer, device Altair")).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("gives operating points and calibration by group, in the order of numbers", () => {
    const at5 = report.operating.filter(({ threshold }) => threshold === 5);
    expect(at5.map(({ group, recall, sensitivity, specificity }) => [group, recall.rate, sensitivity.rate, specificity.rate])).toEqual([
      ["all", 0.5, 0.5, 0.5],
      ["device Altair", 0, 0, 1],
      ["device Deneb", 1, 1, 0],
      ["age 40 to 49", 0, 0, 1],
      ["age 50 to 59", 1, NaN, 0],
      ["age 60 to 69", 1, 1, NaN],
    ]);
    const [all] = report.calibration;
    expect(all).toMatchObject({ group: "all", exams: 4, cancers: 2, observed: { rate: 0.5, of: 4 } });
    expect(all!.expected).toBeCloseTo(0.9 + 0.4 + 0.5 + 0.1, 12);
    expect(all!.meanProbability).toBeCloseTo(1.9 / 4, 12);
  });

  it("counts each woman once in each row, whatever the exams, and flags no more at a higher threshold", () => {
    const any = fc.array(
      fc.record({
        subjectId: fc.constantFrom("a", "b", "c", "d", "e", "f"),
        examIndex: fc.integer({ min: 1, max: 6 }),
        score: fc.integer({ min: 1, max: 10 }),
        cancer: fc.constantFrom(0 as const, 0 as const, 1 as const, undefined),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(any, (drawn) => {
        const unique = [
          ...new Map(
            drawn.map(({ cancer, ...one }) => [
              `${one.subjectId} ${one.examIndex}`,
              exam(one.subjectId, one.examIndex, one.score, cancer === undefined ? {} : { cancer }),
            ]),
          ).values(),
        ];
        const { women, cancers, earlier, distributions, operating } = programmeReport(unique);
        const clear = distributions.find(({ group }) => group === "no cancer")?.exams ?? 0;
        expect(cancers + clear).toBeLessThanOrEqual(women);
        expect(operating.find(({ group }) => group === "all")?.recall.of ?? 0).toBe(cancers + clear);
        for (const { women: some, flagged } of earlier) {
          expect(some).toBeLessThanOrEqual(cancers);
          const counts = [some, ...flagged.map(({ rate }) => rate.events)];
          expect(counts).toEqual([...counts].sort((a, b) => b - a));
        }
        for (const { counts, exams: count } of distributions) expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("makes tables and a page that says what cannot be told", () => {
    expect(
      programmeTables(report)
        .map(({ title }) => title)
        .slice(0, 3),
    ).toEqual(["Exams by score", "Flagged before the cancer was found", "Operating point: score of at least 2"]);
    expect(programmeTables(report)[1]!.rows.slice(0, 2)).toEqual([
      ["score at least", "cancer (2)", "1 exam before (2)", "2 exams before (1)", "recall, all", "specificity"],
      ["median days before", "", 400, 1100, "", ""],
    ]);
    const page = programmePage(report);
    expect(page).toContain("Flagged so many exams before the cancer was found");
    expect(page).not.toMatch(/NaN|undefined|<script/);
    const none = programmePage(programmeReport([exam("x", 1, 3), exam("y", 1, 4, { cancer: 0 })]));
    expect(none).toContain("what was flagged before cannot be told");
    expect(none).not.toMatch(/NaN|undefined/);
  });

  it("refuses what is no score, no probability, or the same exam twice", () => {
    expect(() => programmeReport([])).toThrow(/at least one exam/);
    expect(() => programmeReport([exam("a", 1, 0)])).toThrow("Expected scores to be whole numbers from 1 to 10, got 0 at 0");
    expect(() => programmeReport([exam("a", 1, 4, { probability: 1.2 })])).toThrow("Expected probabilities in [0, 1], got 1.2 at 0");
    expect(() => programmeReport([exam("a", 1, 4), exam("a", 1, 5)])).toThrow(/examIndex, got 1 twice, the second at 1/);
  });
});

describe("tables of a programme", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-programme-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, lines: readonly string[]) => {
    await writeFile(join(folder, name), `${lines.join("\n")}\n`);
    return join(folder, name);
  };
  const scores = ["subjectId\texamIndex\tconfidence\tscore", "a\t1\t0.25\t3", "b\t1\t0.5\t7"];

  it("are joined by woman and exam; what only one has is said", async () => {
    const known = ["patientId\texamIndex\tcancer\tdaysSincePreviousExam\tage\tdevice", "b\t1\t1\t.\t50\tDeneb", "c\t1\t0\t\t\t"];
    const read = await readProgrammeExams(await write("scores.tsv", scores), await write("exams.tsv", known));
    expect(read.exams).toEqual([
      { subjectId: "a", examIndex: 1, score: 3, probability: 0.25 },
      { subjectId: "b", examIndex: 1, score: 7, probability: 0.5, cancer: 1, age: 50, device: "Deneb" },
    ]);
    expect(read.notes).toEqual([
      "column 1 of the exams is taken as subjectId",
      "1 exams have a score, but no row in the exams: nothing is known of their outcome",
      "1 exams of the exams have no score and are left out",
    ]);
  });

  it.each([
    ["a cancer that is neither", ["subjectId\texamIndex\tcancer", "a\t1\t2"], 'Expected cancer in row 2 of the exams to be 0, 1 or empty, got "2"'],
    ["an age that is none", ["subjectId\texamIndex\tage", "a\t1\told"], "Expected a number as age in row 2 of the exams, got a text of 3 characters"],
    ["an exam twice", ["subjectId\texamIndex", "a\t1", "a\t1"], "Expected one row an exam in the exams, got a second one in row 3"],
    ["no key", ["subjectId\tcancer", "a\t1"], "Expected a column examIndex in the exams, got 2 other columns"],
  ])("refuse %s", async (_, known, message) => {
    const read = readProgrammeExams(await write("scores.tsv", scores), await write("exams.tsv", known));
    await expect(read).rejects.toThrow(message);
  });
});
