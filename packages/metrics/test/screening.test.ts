import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import {
  bcscBenchmarks,
  calibrationError,
  calibrationSlope,
  compareWithBenchmarks,
  integratedCalibrationIndex,
  isAcceptable,
  logLoss,
  netBenefit,
  prevalenceOf,
  prevalenceWeights,
  recallAt,
  rocCurve,
  screeningAudit,
  specificityAt,
} from "../src/index.ts";
import { cancersAmong } from "../src/screening/strataRates.ts";

/** 1000 exams: 6 cancers of which 5 recalled, 95 healthy recalled; 20 biopsies recommended, 16 done, all 5 cancers among them. */
const labels = Array.from({ length: 1000 }, (_, i) => Number(i < 6));
const recalled = labels.map((_, i) => Number(i < 5 || (i >= 6 && i < 101)));
const biopsyRecommended = labels.map((_, i) => Number(i < 5 || (i >= 6 && i < 21)));
const biopsied = labels.map((_, i) => Number(i < 5 || (i >= 6 && i < 17)));

it("cancersAmong: of what is not cancer the share is the rest, and so is its interval", () => {
  const [some, others] = [{ events: 30, of: 50, squares: 50 }, { events: 10, of: 60, squares: 60 }]; // biome-ignore format: one row
  const [cancers, rest] = [cancersAmong({ cancer: some, other: others }, 1.96), cancersAmong({ cancer: others, other: some }, 1.96)];
  expectClose([rest.rate, rest.low, rest.high], [1 - cancers.rate, 1 - cancers.high, 1 - cancers.low], { absolute: 1e-12 });
  expect(cancers).toMatchObject({ rate: 0.75, events: 30, of: 40 });
  expect([cancers.low > 0.5, cancers.low < 0.72, cancers.high > 0.78, cancers.high < 0.95]).toEqual([true, true, true, true]);
});

describe("screeningAudit", () => {
  const audit = screeningAudit({ labels, recalled, biopsyRecommended, biopsied });

  it("counts as the Atlas does (by hand)", () => {
    const rates = [
      audit.recallRate,
      audit.cancerDetectionRate,
      audit.falseNegativesPerExam,
      audit.sensitivity,
      audit.specificity,
      audit.ppv1,
      audit.ppv2!,
      audit.ppv3!,
    ];
    expectClose(
      rates.map(({ rate }) => rate),
      [0.1, 0.005, 0.001, 5 / 6, 899 / 994, 0.05, 0.25, 5 / 16],
      { absolute: 1e-12 },
    );
    expect(audit.ppv1).toMatchObject({ events: 5, of: 100 });
  });

  it("has Wilson's intervals (R: prop.test(5, 100, correct = FALSE))", () => {
    expectClose([audit.ppv1.low, audit.ppv1.high], [0.0215436791544, 0.1117504692319], { absolute: 1e-12 });
    const none = screeningAudit({ labels, recalled: labels.map(() => 0) });
    expect(none.ppv1.rate).toBeNaN();
    expect(none.sensitivity).toMatchObject({ rate: 0, low: 0 });
    expect(none.ppv2).toBeUndefined();
  });

  it("stands beside BCSC's numbers, and is compared with the published ranges", () => {
    const rows = compareWithBenchmarks(audit);
    expect(rows.map(({ measure }) => measure)).toEqual(Object.keys(bcscBenchmarks));
    expect(rows[0]).toMatchObject({ measure: "recallRate", value: 0.1, published: 0.116 });
    expect(compareWithBenchmarks(screeningAudit({ labels, recalled }))).toHaveLength(6);
    expect(isAcceptable(audit)).toEqual({ sensitivityAndSpecificity: true, detectionAndRecall: true });
    expect(isAcceptable(screeningAudit({ labels, recalled: labels.map(() => 1) }))).toEqual({
      sensitivityAndSpecificity: false,
      detectionAndRecall: false,
    });
  });

  it("an enriched set is brought to screening prevalence", () => {
    const enriched = { labels: [1, 1, 0, 0], recalled: [1, 0, 1, 0] };
    const weights = prevalenceWeights(enriched.labels, 0.0035);
    expectClose(prevalenceOf(enriched.labels, weights), 0.0035, { absolute: 1e-15 });
    const { ppv1, recallRate, cancerDetectionRate } = screeningAudit({ ...enriched, weights });
    expectClose([ppv1.rate, recallRate.rate, cancerDetectionRate.rate], [0.0035, 0.5, 0.00175], { absolute: 1e-12 });
  });

  it("of an enriched set no detection rate exceeds the prevalence, and intervals hold what they should in 95 of 100 sets", () => {
    const prevalence = 0.005;
    const [sensitivity, recalledOthers] = [0.8, 0.1];
    const truth = {
      recallRate: prevalence * sensitivity + (1 - prevalence) * recalledOthers,
      cancerDetectionRate: prevalence * sensitivity,
      falseNegativesPerExam: prevalence * (1 - sensitivity),
      ppv1: (prevalence * sensitivity) / (prevalence * sensitivity + (1 - prevalence) * recalledOthers),
    };
    const held = { recallRate: 0, cancerDetectionRate: 0, falseNegativesPerExam: 0, ppv1: 0 };
    const sets = 1000;
    for (let set = 0; set < sets; set++) {
      const random = keyedRandom(1, "audit", set);
      const labels = Array.from({ length: 240 }, (_, i) => Number(i < 60));
      const recalled = labels.map((label) => Number(random.chance(label ? sensitivity : recalledOthers)));
      const audit = screeningAudit({ labels, recalled, weights: prevalenceWeights(labels, prevalence) });
      expect(audit.cancerDetectionRate.high).toBeLessThanOrEqual(prevalence);
      for (const name of Object.keys(held) as (keyof typeof held)[])
        if (audit[name].low <= truth[name] && truth[name] <= audit[name].high) held[name]++;
    }
    // Within three standard errors (0.7 % each) and what a discrete distribution costs.
    for (const share of Object.values(held).map((count) => count / sets)) expect([share > 0.92, share < 0.98]).toEqual([true, true]);
  });

  it("of an enriched set without a false recall, or without a hit, the ends are exact", () => {
    const labels = [1, 1, 1, 1, 0, 0, 0, 0];
    const weights = prevalenceWeights(labels, 0.01);
    const perfect = screeningAudit({ labels, recalled: labels, weights });
    expect([perfect.ppv1.rate, perfect.ppv1.high, perfect.cancerDetectionRate.high]).toEqual([1, 1, 0.01]);
    expect(perfect.ppv1.low).toBeGreaterThan(0);
    const inverted = screeningAudit({ labels, recalled: labels.map((label) => 1 - label), weights });
    expect([inverted.ppv1.rate, inverted.ppv1.low, inverted.recallRate.rate]).toEqual([0, 0, 0.99]);
    expect(inverted.ppv1.high).toBeLessThan(0.1);
    expect(screeningAudit({ labels, recalled: labels.map(() => 0), weights }).ppv1.rate).toBeNaN();
  });

  it("at a radiologist's operating point", () => {
    const scores = labels.map((label, i) => (i % 97) / 97 + 0.5 * label);
    const { threshold } = specificityAt(5 / 6, rocCurve(labels, scores));
    expect(screeningAudit({ labels, recalled: recallAt(scores, threshold) }).sensitivity.rate).toBeGreaterThanOrEqual(5 / 6);
  });
});

describe("net benefit", () => {
  it("is TP/n - FP/n · odds (by hand)", () => {
    const [curve] = [netBenefit([1, 1, 0, 0, 0], [0.9, 0.2, 0.6, 0.1, 0.05], { thresholds: [0.2, 0.5] })];
    expectClose(
      curve.map(({ model }) => model),
      [2 / 5 - (1 / 5) * 0.25, 1 / 5 - 1 / 5],
      { absolute: 1e-12 },
    );
    expectClose(curve[0]!.all, 0.4 - 0.6 * 0.25, { absolute: 1e-12 });
  });

  it("at another prevalence is that of the re-weighted cases", () => {
    const [l, p] = [
      [1, 1, 0, 0, 0],
      [0.9, 0.2, 0.6, 0.1, 0.05],
    ];
    const [point] = netBenefit(l!, p!, { thresholds: [0.2], prevalence: 0.1 });
    expectClose(point!.model, 0.1 * 1 - 0.9 * (1 / 3) * 0.25, { absolute: 1e-12 });
  });
});

describe("calibration", () => {
  it("ECE and MCE over bins (by hand)", () => {
    // (0, .5]: mean .2, observed 1/3; (.5, 1]: mean .8, observed 1.
    const error = calibrationError([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.8], { bins: 2 });
    expectClose([error.expected, error.maximum], [(3 * (1 / 3 - 0.2) + 0.2) / 4, 0.2], { absolute: 1e-12 });
  });

  it("bins of equal mass keep equal probabilities together", () => {
    const error = calibrationError([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.9], { bins: 4, strategy: "quantile" });
    expectClose([error.expected, error.maximum], [(3 * (0.5 - 1 / 3) + 0.1) / 4, 0.5 - 1 / 3], { absolute: 1e-12 });
  });

  it("a calibrated model has slope 1, intercept 0; doubled logits have slope 1/2", () => {
    // Each probability k/10 occurs ten times, k of them positive.
    const p = Array.from({ length: 9 }, (_, k) => Array<number>(10).fill((k + 1) / 10)).flat();
    const y = Array.from({ length: 9 }, (_, k) => Array.from({ length: 10 }, (__, i) => Number(i <= k))).flat();
    const good = calibrationSlope(y, p);
    expectClose([good.slope.estimate, good.intercept.estimate], [1, 0], { absolute: 1e-9 });
    expectClose(integratedCalibrationIndex(y, p), 0, { absolute: 1e-12 });
    const extreme = p.map((value) => 1 / (1 + ((1 - value) / value) ** 2));
    expectClose(calibrationSlope(y, extreme).slope.estimate, 0.5, { absolute: 1e-9 });
  });

  it("the slope does not exist where probabilities separate the classes", () => {
    const { slope, intercept } = calibrationSlope([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9]);
    expect(slope.estimate).toBeNaN();
    expect(intercept.estimate).not.toBeNaN();
  });

  it("a certain and wrong probability has infinite loss", () => {
    expect(logLoss([0, 1], [0.5, 0])).toBe(Infinity);
    expectClose(logLoss([0, 1], [0, 1]), 0, { absolute: 0 });
  });
});
