import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calibrate, logit, sigmoid } from "@mammo/ensemble";
import { keyedRandom } from "@mammo/mammogram";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BreastPrediction, evaluateCalibration } from "../src/index.ts";
import { correctFindings, evaluateFindings, readBreasts, readFindings, recalibrate } from "../src/node.ts";

const sha256 = "5".repeat(64);

/** Breasts whose chance of cancer is sigmoid(truth); a bundle of logit 2 truth + 1.5 is too sure, and says too much. */
function breastsOf(women: number, seed: number): readonly BreastPrediction[] {
  const random = keyedRandom(seed, "breasts");
  return Array.from({ length: women }, (_, woman) =>
    (["L", "R"] as const).map((laterality): BreastPrediction => {
      const truth = -1.5 + 2 * random.normal();
      return { patientId: `w${woman}`, laterality, cancer: random.uniform() < sigmoid(truth) ? 1 : 0, logit: 2 * truth + 1.5 };
    }),
  ).flat();
}
const bundle = { calibrator: { kind: "platt", slope: 0.4, intercept: -0.7 } } as const;

describe("a bundle calibrated anew", () => {
  const fitted = recalibrate(bundle, breastsOf(800, 1), { sha256, seed: 1 });

  it("finds the line that the logits were off by, and other women's probabilities are right then", () => {
    expect(fitted.correction.slope).toBeCloseTo(0.5, 1);
    expect(fitted.correction.intercept).toBeCloseTo(-0.75, 0);
    const test = breastsOf(1000, 2);
    const asTheyWere = evaluateCalibration(test, {
      calibrator: { kind: "platt", slope: 1, intercept: 0 },
      fittedPrevalence: fitted.prevalence,
      seed: 1,
    });
    const anew = evaluateCalibration(test, { calibrator: fitted.correction, fittedPrevalence: fitted.prevalence, seed: 1 });
    expect(asTheyWere.slope.estimate).toBeLessThan(0.6);
    expect(Math.abs(anew.slope.estimate - 1)).toBeLessThan(0.1);
    expect(anew.expectedCalibrationError.estimate).toBeLessThan(0.02);
    expect(asTheyWere.expectedCalibrationError.estimate).toBeGreaterThan(0.08);
  });

  it("stands on the members' own logits: the bundle's old line and the correction after it", () => {
    for (const raw of [-8, -1.2, 0, 3.4]) {
      const before = logit(calibrate(bundle.calibrator, raw));
      expect(calibrate(fitted.calibrator, raw)).toBeCloseTo(calibrate(fitted.correction, before), 12);
    }
    const hot = { calibrator: { kind: "temperature", temperature: 4 } } as const;
    const { calibrator, correction } = recalibrate(hot, breastsOf(100, 3), { sha256, seed: 1 });
    expect(calibrator.slope).toBeCloseTo(correction.slope / 4, 12);
    expect(calibrator.intercept).toBeCloseTo(correction.intercept, 12);
  });

  it("cuts the scale at the women's highest breasts, or on risk, and says how far it would move", () => {
    expect(fitted).toMatchObject({
      women: 800,
      breasts: 1600,
      scale: { name: "deciles of the calibration women", reference: { sha256, cases: 800 } },
    });
    const { quantiles } = fitted.scale.reference!;
    quantiles.forEach((share, at) => void expect(share).toBeCloseTo((at + 1) / 10, 2));
    expect(fitted.stability.movedFar).toBeLessThan(0.02);
    const risk = recalibrate(bundle, breastsOf(800, 1), { sha256, seed: 1, scale: "risk", prevalence: 0.005 });
    expect(risk.scale.name).toBe("anchored on the risk of the calibration women");
    expect(risk.calibrator).toEqual(fitted.calibrator);
  });

  it("keeps a reference of the women without cancer, and fits findings on the corrected breasts", () => {
    const healthy = new Set(breastsOf(800, 1).map(({ patientId }) => patientId));
    for (const { patientId, cancer } of breastsOf(800, 1)) if (cancer === 1) healthy.delete(patientId);
    expect(fitted.reference).toMatchObject({ kind: "rank reference", sha256, cases: healthy.size });
    expect(fitted.findingCalibrator).toBeUndefined();
    // Findings of a bundle that says twice the logit: on the true line a view's distance counts 1, a peak's 0.4.
    const random = keyedRandom(4, "findings");
    const findings = Array.from({ length: 4000 }, () => {
      const [truth, view, peak] = [-1.5 + 2 * random.normal(), -Math.abs(random.normal()), -3 * Math.abs(random.normal())];
      const cancer = random.uniform() < sigmoid(truth + view + 0.4 * peak) ? (1 as const) : (0 as const);
      return { breastLogit: 2 * truth + 1.5, below: { view: 2 * view, peak }, cancer };
    });
    const { findingCalibrator, correction } = recalibrate(bundle, breastsOf(800, 1), { sha256, seed: 1, findings });
    // Within what the line of 1,600 breasts is off by.
    expect(Math.abs(findingCalibrator!.view - 1)).toBeLessThan(0.2);
    expect(Math.abs(findingCalibrator!.peak - 0.4)).toBeLessThan(0.1);
    expect(findingCalibrator!.findings).toBe(4000);
    const corrected = correctFindings(findings, correction);
    const worth = (calibrator: NonNullable<typeof findingCalibrator>) => evaluateFindings(corrected, calibrator).expectedCalibrationError;
    expect(worth(findingCalibrator!)).toBeLessThan(0.02);
    expect(worth({ kind: "finding calibrator", intercept: 0, breast: 1, view: 1, peak: 1 })).toBeGreaterThan(0.04);
    expect(recalibrate(bundle, breastsOf(800, 1), { sha256, seed: 1, findings: findings.slice(0, 20) }).findingCalibrator).toBeUndefined();
  });

  it.each([
    ["few women", breastsOf(49, 1), bundle, "Expected at least 50 women with labels, got 49"],
    [
      "one class",
      breastsOf(60, 1).map((one) => ({ ...one, cancer: 0 as const })),
      bundle,
      "Expected breasts with and without cancer, got 0 with of 120",
    ],
    ["a curve", breastsOf(60, 1), { calibrator: { kind: "beta", a: 1, b: 2, c: 0 } as const }, "got beta"],
    ["scores that fall with cancer", breastsOf(60, 1).map((one) => ({ ...one, logit: -one.logit })), bundle, "Expected scores that rise with cancer"],
  ])("refuses %s", (_, breasts, of, message) => {
    expect(() => recalibrate(of, breasts, { sha256, seed: 1 })).toThrow(message);
  });
});

describe("breasts of npm run predict", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-calibrate-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const write = (name: string, rows: readonly string[]) =>
    writeFile(join(folder, name), `${rows.map((row) => row.replaceAll(" ", "\t")).join("\n")}\n`);
  const head = "subjectId examIndex laterality";

  it("are those of each woman's latest exam that has labels", async () => {
    await write("predictions.tsv", [`${head} confidence score`, "a 1 L 0.5 1", "a 2 L 0.25 3", "a 2 R 0.125 1", "a 3 L 0.9 9", "b 1 R 0.75 5"]);
    await write("labels.tsv", [`${head} cancer`, "a 1 L 0", "a 2 L 1", "a 2 R 0", "b 1 R 0", "c 1 L 1"]);
    const { breasts } = await readBreasts(folder);
    expect(breasts).toEqual([
      { patientId: "a", laterality: "L", cancer: 1, logit: logit(0.25) },
      { patientId: "a", laterality: "R", cancer: 0, logit: logit(0.125) },
      { patientId: "b", laterality: "R", cancer: 0, logit: logit(0.75) },
    ]);
  });

  it("come with their findings of known truth, and without where the table does not tell", async () => {
    const findings = `${head} kind viewBelow peakBelow cancer`;
    await write("predictions.tsv", [`${head} confidence`, "a 1 L 0.5", "a 1 R 0.25"]);
    await rm(join(folder, "findings.tsv"), { force: true });
    expect(await readFindings(folder)).toEqual([]);
    await write("findings.tsv", [findings, "a 1 L mass 0 -2 1", "a 1 L mass -1 0 ", "a 1 R mass 0 0 0"]);
    expect(await readFindings(folder)).toEqual([
      { breastLogit: 0, below: { view: 0, peak: -2 }, cancer: 1 },
      { breastLogit: logit(0.25), below: { view: 0, peak: 0 }, cancer: 0 },
    ]);
    await write("findings.tsv", [`${head} kind`, "a 1 L mass"]);
    expect(await readFindings(folder)).toEqual([]);
    for (const [row, message] of [
      ["b 1 L mass 0 0 1", "Expected the breast of row 2 of findings.tsv in predictions.tsv"],
      ["a 1 L mass 0 0 2", 'Expected cancer in row 2 of findings.tsv to be 0, 1 or empty, got "2"'],
      ["a 1 L mass 0 3 1", 'Expected peakBelow in row 2 of findings.tsv to be 0 or less, got "3"'],
    ] as const) {
      await write("findings.tsv", [findings, row]);
      await expect(readFindings(folder)).rejects.toThrow(message);
    }
  });

  it.each([
    [
      "a label that is none",
      [`${head} confidence`, "a 1 L 0.5"],
      [`${head} cancer`, "a 1 L 2"],
      'Expected cancer in row 2 of labels.tsv to be 0 or 1, got "2"',
    ],
    ["a confidence beyond 1", [`${head} confidence`, "a 1 L 5"], [`${head} cancer`, "a 1 L 1"], 'as confidence in row 2 of predictions.tsv, got "5"'],
    [
      "a breast twice",
      [`${head} confidence`, "a 1 L 0.5", "a 1 L 0.4"],
      [`${head} cancer`, "a 1 L 1"],
      "one row a breast in predictions.tsv, got a second one in row 3",
    ],
    [
      "no labels for them",
      [`${head} confidence`, "a 1 L 0.5"],
      [`${head} cancer`, "b 1 L 1"],
      "Expected breasts of predictions.tsv to have labels in labels.tsv, got none",
    ],
    ["no column of labels", [`${head} confidence`, "a 1 L 0.5"], [head, "a 1 L"], "Expected a column cancer in labels.tsv, got 3 other columns"],
  ])("refuse %s", async (_, predictions, labels, message) => {
    await write("predictions.tsv", predictions);
    await write("labels.tsv", labels);
    await expect(readBreasts(folder)).rejects.toThrow(message);
  });
});
