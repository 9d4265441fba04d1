import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { type BreastPrediction, calibrateOnValidation, evaluateCalibration } from "../src/index.ts";
import { parseRecipe, trainingConfig } from "../src/node.ts";
import { calibrationTable } from "../src/recipes/dream/summary.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Women of two breasts, whose logits z are right: a breast has cancer with the probability sigmoid(z). */
function draw(women: number, key: string): BreastPrediction[] {
  const random = keyedRandom(3, "calibration", key);
  return Array.from({ length: 2 * women }, (_, i): BreastPrediction => {
    const logit = 2 * random.normal() - 1;
    return { patientId: `W${i >> 1}`, laterality: i % 2 === 0 ? "L" : "R", logit, cancer: random.chance(sigmoid(logit)) ? 1 : 0 };
  });
}

const platt = (slope: number, intercept = 0) => ({ kind: "platt", slope, intercept }) as const;
const prevalenceOf = (breasts: readonly BreastPrediction[]) => breasts.filter(({ cancer }) => cancer === 1).length / breasts.length;

describe("evaluateCalibration", () => {
  const breasts = draw(400, "test");
  const fittedPrevalence = prevalenceOf(breasts);
  const evaluate = (slope: number, intercept = 0) => evaluateCalibration(breasts, { calibrator: platt(slope, intercept), fittedPrevalence, seed: 1 });
  const right = evaluate(1);

  it("finds right probabilities right: slope about 1, about as many cancers as there are", () => {
    const { slope, screening, expectedCalibrationError } = right;
    expect(Math.abs(slope.estimate - 1)).toBeLessThan(2 * slope.standardError);
    expectClose([slope.low, slope.high], [slope.estimate - 1.96 * slope.standardError, slope.estimate + 1.96 * slope.standardError], {
      absolute: 1e-12,
    });
    expect(screening).toMatchObject({ prevalence: 0.0035, observedPerThousand: 3.5 });
    expect(screening.expectedPerThousand.low).toBeLessThan(3.5);
    expect(screening.expectedPerThousand.high).toBeGreaterThan(3.5);
    expect(expectedCalibrationError.estimate).toBeLessThan(0.05);
  });

  it("finds logits that are doubled too sure, and cancers that are not there where all logits are too high", () => {
    const doubled = evaluate(2);
    expectClose(doubled.slope.estimate, right.slope.estimate / 2, { relative: 1e-9 });
    expect(doubled.expectedCalibrationError.estimate).toBeGreaterThan(right.expectedCalibrationError.high);
    expect(evaluate(1, 2).screening.expectedPerThousand.low).toBeGreaterThan(3.5);
  });

  it("expects the mean of shifted probabilities over cancers and others, each class with its share", () => {
    const shift = Math.log(0.0035 / 0.9965) - Math.log(fittedPrevalence / (1 - fittedPrevalence));
    const mean = (cancer: 0 | 1) => {
      const shifted = breasts.filter((one) => one.cancer === cancer).map(({ logit }) => sigmoid(logit + shift));
      return shifted.reduce((sum, p) => sum + p, 0) / shifted.length;
    };
    expectClose(right.screening.expectedPerThousand.estimate, 1000 * (0.0035 * mean(1) + 0.9965 * mean(0)), { relative: 1e-12 });
  });

  it("the mean gap of 15 bins of equal mass", () => {
    const rising = [...breasts].sort((a, b) => a.logit - b.logit);
    const bins = Array.from({ length: 15 }, (_, bin) => rising.filter((_, k) => Math.floor((k * 15) / rising.length) === bin));
    const gaps = bins.map((bin) => Math.abs(bin.reduce((sum, { logit, cancer }) => sum + sigmoid(logit) - cancer!, 0)));
    expectClose(right.expectedCalibrationError.estimate, gaps.reduce((sum, gap) => sum + gap, 0) / rising.length, { absolute: 1e-12 });
  });

  it("leaves blank what does not exist: no slope of a level calibrator, no prevalence of healthy breasts", () => {
    const level = evaluate(0, -1);
    expect(level.slope.estimate).toBeNaN();
    expect(calibrationTable(level)[2]!.slice(1)).toEqual(["", "[, ]"]);
    const healthy = evaluateCalibration(breasts.slice(0, 40), { calibrator: platt(1), fittedPrevalence: 0, seed: 1 });
    expect(healthy.screening.expectedPerThousand.estimate).toBeNaN();
  });

  it("after Platt's calibration on other women both agree, and the table says so", () => {
    const validation = draw(400, "validation").map((one) => ({ ...one, logit: 3 * one.logit + 1 }));
    const { calibrator, prevalence } = calibrateOnValidation(validation, { cohortSha256: "a".repeat(64) });
    expect(prevalence).toBe(prevalenceOf(validation));
    const others = breasts.map((one) => ({ ...one, logit: 3 * one.logit + 1 }));
    const found = evaluateCalibration(others, { calibrator, fittedPrevalence: prevalence, seed: 1 });
    expect(Math.abs(found.slope.estimate - 1)).toBeLessThan(0.3);
    const [, error, , cancers] = calibrationTable(found);
    expect(error).toEqual([
      "expected calibration error, 15 bins of equal mass (interval by woman)",
      found.expectedCalibrationError.estimate.toFixed(3),
      `[${found.expectedCalibrationError.low.toFixed(3)}, ${found.expectedCalibrationError.high.toFixed(3)}]`,
    ]);
    expect(cancers![0]).toBe("cancers expected of 1000 breasts at a prevalence of 0.35 %, where 3.5 are (interval by woman)");
  });
});

describe("calibrateOnValidation", () => {
  const cohortSha256 = "a".repeat(64);
  const breasts = draw(400, "validation");

  it("cuts the scale at deciles or on risk, and keeps a reference of the women without cancer", () => {
    const deciles = calibrateOnValidation(breasts, { cohortSha256 });
    const risk = calibrateOnValidation(breasts, { cohortSha256, scale: "risk", prevalence: 0.01 });
    expect([deciles.scale.name, risk.scale.name]).toEqual(["deciles of the validation patients", "anchored on the risk of the validation patients"]);
    expect(risk.calibrator).toEqual(deciles.calibrator);
    expect(risk.scale.cuts).not.toEqual(deciles.scale.cuts);
    const ill = new Set(breasts.flatMap(({ patientId, cancer }) => (cancer === 1 ? [patientId] : [])));
    expect(deciles.reference).toMatchObject({ sha256: cohortSha256, cases: 400 - ill.size });
    const highest = Math.max(...breasts.filter(({ patientId }) => !ill.has(patientId)).map(({ logit }) => logit));
    const { slope, intercept } = deciles.calibrator;
    expect(deciles.reference!.scores.at(-1)).toBeCloseTo(slope * highest + intercept, 9);
  });

  it("falls back where the women are too few, and says so: a training is not lost for its scale", () => {
    const few = calibrateOnValidation(breasts.slice(0, 60), { cohortSha256, scale: "risk" });
    expect(few.scale.name).toMatch(/^deciles of the validation patients: 30 with \d+ cancers have no scale of risk$/);
    const fewer = calibrateOnValidation(breasts.slice(0, 12), { cohortSha256, scale: "risk" });
    expect(fewer.scale.name).toBe("equal steps of probability: 6 validation patients are too few for deciles");
    expect(fewer.reference).toBeUndefined();
  });

  it("is asked for by the recipe", () => {
    expect(trainingConfig().scale).toBe("deciles");
    expect(parseRecipe({ scale: "risk" }).scale).toBe("risk");
    for (const scale of ["Risk", 1, null, ["risk"]])
      expect(() => parseRecipe({ scale })).toThrow(
        expect.objectContaining({ code: "recipe", message: "Expected scale of the recipe to be deciles or risk" }),
      );
  });
});
