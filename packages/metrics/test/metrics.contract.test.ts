import { describe, expect, it } from "vitest";
import {
  aiVersusReaders,
  areaCovariance,
  areaUnder,
  auroc,
  averagePrecision,
  bootstrapRoc,
  brierParts,
  brierScore,
  calibrationCurve,
  calibrationError,
  calibrationSlope,
  centerDistanceRule,
  dbtexRule,
  delong,
  delongInterval,
  delongUnpaired,
  dreamCompat,
  frocCurve,
  frocSensitivityAt,
  integratedCalibrationIndex,
  interpolatedSensitivityAt,
  interpolatedSpecificityAt,
  logLoss,
  mrmc,
  mrmcCases,
  mrmcPower,
  murphyParts,
  type Numbers,
  netBenefit,
  operatingPoint,
  overlapRule,
  partialAuroc,
  permutationTest,
  prevalenceWeights,
  recallAt,
  rocBand,
  rocCurve,
  screeningAudit,
  sensitivityAt,
  specificityAt,
  subgroups,
} from "../src/index.ts";
import { scoreHistogram } from "../src/plot.ts";

const seed = { seed: 1, resamples: 20 };
const statistics = { auroc: areaUnder };
const third = (list: Numbers) => Array.from(list, (value, i) => (i % 3 === 0 ? 1 - value : value));

interface Metric {
  readonly name: string;
  /** One number that tells all: NaN where the metric is documented as undefined. */
  run(labels: Numbers, scores: Numbers): number;
  runWeighted?(labels: Numbers, scores: Numbers, weights: Numbers): number;
  /** With positives only: a documented NaN, an error, or a number. */
  readonly oneClass: "NaN" | "throws" | "number";
  /** With all scores equal. */
  readonly tied: number;
}

/** Labels 0 1 0 1 1 0 and scores 0.5 throughout are what `tied` is of. */
const metrics: readonly Metric[] = [
  {
    name: "rocCurve",
    run: (l, s) => areaUnder(rocCurve(l, s)),
    runWeighted: (l, s, weights) => areaUnder(rocCurve(l, s, { weights })),
    oneClass: "NaN",
    tied: 0.5,
  },
  { name: "auroc", run: (l, s) => auroc(l, s), runWeighted: (l, s, weights) => auroc(l, s, { weights }), oneClass: "NaN", tied: 0.5 },
  {
    name: "partialAuroc",
    run: (l, s) => partialAuroc(l, s, { minTruePositiveRate: 0.8 }),
    runWeighted: (l, s, weights) => partialAuroc(l, s, { minTruePositiveRate: 0.8 }, { weights }),
    oneClass: "NaN",
    tied: 0.5,
  },
  { name: "sensitivityAt", run: (l, s) => sensitivityAt(0.5, rocCurve(l, s)).sensitivity, oneClass: "NaN", tied: 0 },
  { name: "specificityAt", run: (l, s) => specificityAt(0.5, rocCurve(l, s)).specificity, oneClass: "NaN", tied: 0 },
  { name: "interpolatedSensitivityAt", run: (l, s) => interpolatedSensitivityAt(0.5, rocCurve(l, s)), oneClass: "NaN", tied: 0.5 },
  { name: "interpolatedSpecificityAt", run: (l, s) => interpolatedSpecificityAt(0.5, rocCurve(l, s)), oneClass: "NaN", tied: 0.5 },
  {
    name: "operatingPoint",
    run: (l, s) => operatingPoint(l, s, 0.6).specificity,
    runWeighted: (l, s, weights) => operatingPoint(l, s, 0.6, { weights }).specificity,
    oneClass: "NaN",
    tied: 1,
  },
  {
    name: "averagePrecision",
    run: (l, s) => averagePrecision(l, s),
    runWeighted: (l, s, weights) => averagePrecision(l, s, { weights }),
    oneClass: "number",
    tied: 0.5,
  },
  { name: "delongInterval", run: (l, s) => delongInterval(l, s).low, oneClass: "NaN", tied: 0.5 },
  { name: "delong", run: (l, s) => delong(l, s, s).p, oneClass: "NaN", tied: 1 },
  { name: "delongUnpaired", run: (l, s) => delongUnpaired({ labels: l, scores: s }, { labels: l, scores: s }).difference, oneClass: "NaN", tied: 0 },
  { name: "bootstrapRoc", run: (l, s) => bootstrapRoc({ labels: l, scores: s }, statistics, seed).auroc.low, oneClass: "NaN", tied: 0.5 },
  {
    name: "bootstrapRoc bca",
    run: (l, s) => bootstrapRoc({ labels: l, scores: s }, statistics, { ...seed, method: "bca" }).auroc.low,
    oneClass: "NaN",
    tied: 0.5,
  },
  { name: "dreamCompat", run: (l, s) => dreamCompat({ labels: l, scores: s }, statistics, seed).auroc.high, oneClass: "NaN", tied: 0.5 },
  { name: "rocBand", run: (l, s) => rocBand({ labels: l, scores: s }, seed).low[25]!, oneClass: "NaN", tied: 0.5 },
  { name: "permutationTest", run: (l, s) => permutationTest(l, s, s, seed).p, oneClass: "NaN", tied: 1 },
  {
    name: "subgroups",
    run: (l, s) =>
      subgroups(
        { labels: l, scores: s },
        Array.from(l, () => "all"),
        statistics,
        seed,
      )[0]!.estimates?.auroc.estimate ?? NaN,
    oneClass: "NaN",
    tied: 0.5,
  },
  { name: "areaCovariance", run: (l, s) => areaCovariance(l, [s, s]).areas[1]!, oneClass: "NaN", tied: 0.5 },
  { name: "areaCovariance unbiased", run: (l, s) => areaCovariance(l, [s], { covariance: "unbiased" }).covariance[0]![0]!, oneClass: "NaN", tied: 0 },
  {
    name: "areaCovariance jackknife",
    run: (l, s) => areaCovariance(l, [s], { covariance: "jackknife" }).covariance[0]![0]!,
    oneClass: "NaN",
    tied: 0,
  },
  {
    name: "mrmc",
    run: (l, s) =>
      mrmc(l, [
        [s, third(s)],
        [third(s), s],
      ]).areas[0]![0]!,
    oneClass: "NaN",
    tied: 0.5,
  },
  { name: "aiVersusReaders", run: (l, s) => aiVersusReaders(l, s, [s, third(s)]).ai, oneClass: "NaN", tied: 0.5 },
  {
    name: "brierScore",
    run: (l, s) => brierScore(l, s),
    runWeighted: (l, s, weights) => brierScore(l, s, { weights }),
    oneClass: "number",
    tied: 0.25,
  },
  {
    name: "brierParts",
    run: (l, s) => brierParts(l, s).discrimination,
    runWeighted: (l, s, weights) => brierParts(l, s, { weights }).score,
    oneClass: "number",
    tied: 0,
  },
  {
    name: "murphyParts",
    run: (l, s) => murphyParts(l, s).uncertainty,
    runWeighted: (l, s, weights) => murphyParts(l, s, { weights }).score,
    oneClass: "number",
    tied: 0.25,
  },
  {
    name: "logLoss",
    run: (l, s) => logLoss(l, s),
    runWeighted: (l, s, weights) => logLoss(l, s, { weights }),
    oneClass: "number",
    tied: Math.log(2),
  },
  { name: "calibrationCurve", run: (l, s) => calibrationCurve(l, s)[0]!.observed, oneClass: "number", tied: 0.5 },
  { name: "calibrationError", run: (l, s) => calibrationError(l, s).expected, oneClass: "number", tied: 0 },
  { name: "integratedCalibrationIndex", run: (l, s) => integratedCalibrationIndex(l, s), oneClass: "number", tied: 0 },
  { name: "calibrationSlope", run: (l, s) => calibrationSlope(l, s).slope.estimate, oneClass: "NaN", tied: NaN },
  { name: "calibrationSlope intercept", run: (l, s) => calibrationSlope(l, s).intercept.estimate, oneClass: "NaN", tied: 0 },
  { name: "netBenefit", run: (l, s) => netBenefit(l, s, { thresholds: [0.5] })[0]!.model, oneClass: "number", tied: 0 },
  { name: "netBenefit at a prevalence", run: (l, s) => netBenefit(l, s, { thresholds: [0.5], prevalence: 0.5 })[0]!.model, oneClass: "NaN", tied: 0 },
  {
    name: "screeningAudit",
    run: (l, s) => screeningAudit({ labels: l, recalled: recallAt(s, 0.6) }).specificity.rate,
    runWeighted: (l, s, weights) => screeningAudit({ labels: l, recalled: recallAt(s, 0.6), weights }).specificity.rate,
    oneClass: "NaN",
    tied: 1,
  },
  { name: "prevalenceWeights", run: (l, s) => auroc(l, s, { weights: prevalenceWeights(l, 0.01) }), oneClass: "throws", tied: 0.5 },
  { name: "scoreHistogram", run: (l, s) => Number(scoreHistogram(l, s).includes("n = 3")), oneClass: "number", tied: 1 },
];

const labels = [0, 1, 0, 1, 1, 0];
const scores = [0.1, 0.4, 0.35, 0.8, 0.3, 0.2];

describe.each(metrics)("$name", ({ run, oneClass, tied }) => {
  it("gives a number for good input, and leaves it untouched", () => {
    const [l, s] = [Object.freeze([...labels]), Object.freeze([...scores])];
    expect(run(l, s)).not.toBeNaN();
    expect(run(Uint8Array.from(labels), Float64Array.from(scores))).toBe(run(l, s));
  });

  it("refuses lists of different lengths", () => {
    expect(() => run(labels, scores.slice(1))).toThrow(RangeError);
    expect(() => run(labels, [...scores, 0.5])).toThrow(/Expected .* as long as labels \(6\), got 7/);
  });

  it.each([NaN, Infinity, -Infinity])("refuses the score %s and says where it is", (bad) => {
    expect(() => run(labels, scores.with(2, bad))).toThrow(new RegExp(`Expected \\w+(\\[0\\])?\\[2\\] to be a finite number, got ${bad}`));
  });

  it.each([2, -1, 0.5, NaN])("refuses the label %s and says where it is", (bad) => {
    expect(() => run(labels.with(3, bad), scores)).toThrow(new RangeError(`Expected labels[3] to be 0 or 1, got ${bad}`));
  });

  it("refuses no case at all", () => {
    expect(() => run([], [])).toThrow(RangeError);
  });

  it("refuses what is no list", () => {
    expect(() => run(undefined as unknown as Numbers, scores)).toThrow(TypeError);
    expect(() => run(labels, 7 as unknown as Numbers)).toThrow(TypeError);
  });

  it(`with one class: ${oneClass}`, () => {
    const ones = labels.map(() => 1);
    if (oneClass === "throws") expect(() => run(ones, scores)).toThrow(RangeError);
    else expect(Number.isNaN(run(ones, scores))).toBe(oneClass === "NaN");
  });

  it(`with all scores tied: ${tied}`, () => {
    const tie = labels.map(() => 0.5);
    if (Number.isNaN(tied)) expect(run(labels, tie)).toBeNaN();
    else expect(run(labels, tie)).toBeCloseTo(tied, 12);
  });
});

describe.each(metrics.filter(({ runWeighted }) => runWeighted))("$name", ({ runWeighted }) => {
  it("refuses negative, infinite and missing weights", () => {
    const ones = labels.map(() => 1);
    expect(() => runWeighted!(labels, scores, ones.with(4, -1))).toThrow(new RangeError("Expected weights[4] to be >= 0, got -1"));
    expect(() => runWeighted!(labels, scores, ones.with(4, Infinity))).toThrow("Expected weights[4] to be a finite number, got Infinity");
    expect(() => runWeighted!(labels, scores, [1])).toThrow("Expected weights to be as long as labels (6), got 1");
    expect(runWeighted!(labels, scores, ones)).not.toBeNaN();
  });
});

describe("probabilities", () => {
  it.each([
    ["brierScore", () => brierScore([0, 1], [0.5, 1.2])],
    ["logLoss", () => logLoss([0, 1], [0.5, 1.2])],
    ["calibrationCurve", () => calibrationCurve([0, 1], [0.5, 1.2])],
    ["calibrationSlope", () => calibrationSlope([0, 1], [0.5, 1.2])],
    ["netBenefit", () => netBenefit([0, 1], [0.5, 1.2])],
  ])("%s refuses what lies outside [0, 1]", (_, run) => {
    expect(run).toThrow(new RangeError("Expected probabilities[1] in [0, 1], got 1.2"));
  });
});

describe("options", () => {
  const cases = { labels, scores };
  const pair = [scores, third(scores)];
  const curve = rocCurve(labels, scores);
  it.each([
    ["maxFalsePositiveRate in (0, 1], got 1.4", () => partialAuroc(labels, scores, { maxFalsePositiveRate: 1.4 })],
    ["maxFalsePositiveRate in (0, 1], got 0", () => partialAuroc(labels, scores, { maxFalsePositiveRate: 0 })],
    ["minTruePositiveRate in [0, 1), got 1", () => partialAuroc(labels, scores, { minTruePositiveRate: 1 })],
    ["sensitivity to be [low, high] with 0 <= low < high <= 1, got [0.9,0.8]", () => partialAuroc(labels, scores, { sensitivity: [0.9, 0.8] })],
    ["specificity in [0, 1], got 80", () => sensitivityAt(80, curve)],
    ["sensitivity in [0, 1], got NaN", () => specificityAt(NaN, curve)],
    ["threshold to be a number, got NaN", () => operatingPoint(labels, scores, NaN)],
    ["seed to be a whole number in [0, 2^32), got -1", () => bootstrapRoc(cases, statistics, { seed: -1 })],
    ["resamples to be a whole number >= 1, got 0", () => bootstrapRoc(cases, statistics, { seed: 1, resamples: 0 })],
    ["confidence in (0, 1), got 95", () => bootstrapRoc(cases, statistics, { seed: 1, confidence: 95 })],
    ["confidence in (0, 1), got 1", () => delongInterval(labels, scores, { confidence: 1 })],
    ["clusters to be as long as labels (6), got 1", () => bootstrapRoc({ ...cases, clusters: ["a"] }, statistics, { seed: 1 })],
    ["at least 2 clusters to draw from, got 1", () => bootstrapRoc({ ...cases, clusters: "aaaaaa".split("") }, statistics, { seed: 1 })],
    ["at least 2 clusters to draw from, got 1", () => permutationTest(labels, scores, scores, { seed: 1, clusters: "aaaaaa".split("") })],
    ["groups to be as long as labels (6), got 0", () => subgroups(cases, [], statistics, { seed: 1 })],
    ["ratings of at least 2 treatments, got 1", () => mrmc(labels, [pair])],
    ["at least 2 readers, got 1", () => mrmc(labels, [[scores], [scores]])],
    ["ratings[1] to have 2 readers, got 1", () => mrmc(labels, [pair, [scores]])],
    ["at least 2 readers, got 0", () => aiVersusReaders(labels, scores, [])],
    ["bins to be a whole number >= 1, got 0", () => calibrationCurve(labels, scores, { bins: 0 })],
    ["thresholds[0] in (0, 1), got 1", () => netBenefit(labels, scores, { thresholds: [1] })],
    ["prevalence in (0, 1), got 0", () => prevalenceWeights(labels, 0)],
    ["recalled[0] to be 0 or 1, got 0.1", () => screeningAudit({ labels, recalled: scores })],
    ["bins to be a whole number >= 1, got 2.5", () => scoreHistogram(labels, scores, { bins: 2.5 })],
  ])("Expected %s", (message, run) => {
    expect(run).toThrow(new RangeError(`Expected ${message}`));
  });

  // Both ends of each range: what lies within it, and what lies beyond.
  const pilot = {
    meanSquares: { treatment: 0, reader: 0, treatmentByReader: 0.0006 },
    components: { variance: 0.0008, cov1: 0.0004, cov2: 0.0004, cov3: 0.0003 },
  };
  const planned = { difference: 0.1, readers: 2, pilotCases: 6 };
  const plan = { ...planned, cases: 10 };
  const froc = frocCurve([{ truths: 1, marks: [{ score: 1, truth: 0 }] }]);
  const study = (treatments: number, readers: number) => Array.from({ length: treatments }, () => Array.from({ length: readers }, () => scores));
  it.each<readonly [string, (value: number) => unknown, readonly number[], readonly number[]]>([
    ["maxFalsePositiveRate", (value) => partialAuroc(labels, scores, { maxFalsePositiveRate: value }), [1e-9, 1], [0, 1.001]],
    ["minTruePositiveRate", (value) => partialAuroc(labels, scores, { minTruePositiveRate: value }), [0, 0.999], [-0.001, 1]],
    ["low of a range", (low) => partialAuroc(labels, scores, { sensitivity: [low, 0.5] }), [0, 0.499], [-0.001, 0.5]],
    ["high of a range", (high) => partialAuroc(labels, scores, { specificity: [0.5, high] }), [0.501, 1], [0.5, 1.001]],
    ["rate of specificityAt", (value) => specificityAt(value, curve), [0, 1], [-0.001, 1.001]],
    ["seed", (seed) => bootstrapRoc(cases, statistics, { seed, resamples: 2 }), [0, 2 ** 32 - 1], [-1, 2 ** 32, 0.5]],
    ["resamples", (resamples) => bootstrapRoc(cases, statistics, { seed: 1, resamples }), [1, 2], [0, 1.5]],
    ["confidence", (confidence) => delongInterval(labels, scores, { confidence }), [0.001, 0.999], [0, 1]],
    ["points", (points) => rocBand(cases, { seed: 1, resamples: 2, points }), [1, 2], [0, 1.5]],
    ["clusters", (count) => bootstrapRoc({ ...cases, clusters: labels.map((_, i) => i % count) }, statistics, { seed: 1, resamples: 2 }), [2], [1]],
    ["treatments", (treatments) => mrmc(labels, study(treatments, 2)), [2, 3], [0, 1]],
    ["readers", (readers) => mrmc(labels, study(2, readers)), [2, 3], [0, 1]],
    ["readers beside an algorithm", (readers) => aiVersusReaders(labels, scores, study(1, readers)[0]!), [2, 3], [0, 1]],
    ["planned readers", (readers) => mrmcPower(pilot, { ...plan, readers }), [2, 3], [1, 2.5]],
    ["planned cases", (count) => mrmcPower(pilot, { ...plan, cases: count }), [1, 1.5], [0, 0.5]],
    ["pilotCases", (pilotCases) => mrmcPower(pilot, { ...plan, pilotCases }), [1, 1.5], [0, 0.5]],
    ["alpha", (alpha) => mrmcPower(pilot, { ...plan, alpha }), [0.001, 0.999], [0, 1]],
    ["difference", (difference) => mrmcPower(pilot, { ...plan, difference }), [0, -0.1], [NaN, Infinity]],
    ["power", (power) => mrmcCases(pilot, { ...planned, power }), [0.001, 0.999], [0, 1]],
    ["bins", (bins) => calibrationCurve(labels, scores, { bins }), [1, 2], [0, 1.5]],
    ["bins of a histogram", (bins) => scoreHistogram(labels, scores, { bins }), [1, 2], [0, 1.5]],
    ["probability", (p) => brierScore([0, 1], [0.5, p]), [0, 1], [-0.001, 1.001]],
    ["threshold", (threshold) => netBenefit(labels, scores, { thresholds: [threshold] }), [0.001, 0.999], [0, 1]],
    ["prevalence of netBenefit", (prevalence) => netBenefit(labels, scores, { prevalence }), [0.001, 0.999], [0, 1]],
    ["prevalence", (prevalence) => prevalenceWeights(labels, prevalence), [0.001, 0.999], [0, 1]],
    ["minimum", (minimum) => overlapRule(minimum), [0.001, 1], [0, 1.001]],
    ["pixels", (pixels) => centerDistanceRule({ pixels }), [0, 0.5], [-0.5]],
    ["pixels of DBTex", (pixels) => dbtexRule({ slices: 1, pixels }), [0, 0.5], [-0.5]],
    ["slices", (slices) => dbtexRule({ slices }), [1, 1.5], [0, 0.5]],
    ["falseMarksPerImage", (value) => frocSensitivityAt(value, froc), [0, 0.5], [-0.001, NaN]],
    ["truths", (truths) => frocCurve([{ truths, marks: [] }]), [0, 1], [-1, 0.5]],
    ["truth", (truth) => frocCurve([{ truths: 1, marks: [{ score: 1, truth }] }]), [-1, 0], [-2, -0.5, 1]],
  ])("%s: both ends", (_, run, within, beyond) => {
    for (const value of within) expect(() => run(value), String(value)).not.toThrow();
    for (const value of beyond) expect(() => run(value), String(value)).toThrow(RangeError);
  });

  it("has the defaults that its documentation names", () => {
    const seed = 1;
    const roc = bootstrapRoc(cases, statistics, { seed });
    expect(roc).toEqual(bootstrapRoc(cases, statistics, { seed, resamples: 2000, confidence: 0.95, method: "percentile", stratified: false }));
    expect(permutationTest(labels, scores, third(scores), { seed })).toEqual(
      permutationTest(labels, scores, third(scores), { seed, resamples: 2000 }),
    );
    expect(calibrationCurve(labels, scores)).toEqual(calibrationCurve(labels, scores, { bins: 10, strategy: "uniform" }));
    expect(scoreHistogram(labels, scores)).toBe(scoreHistogram(labels, scores, { bins: 30, title: "Scores", scoreLabel: "score" }));
    expect(netBenefit(labels, scores).map(({ threshold }) => threshold)).toEqual(Array.from({ length: 20 }, (_, k) => (k + 1) / 200));
    expect(mrmcCases(pilot, { ...planned, difference: 0.02 })).toBe(mrmcCases(pilot, { ...planned, difference: 0.02, power: 0.8 }));
    const box = (column: number) => ({ top: -1, left: column - 1, bottom: 1, right: column + 1, slice: 0 });
    expect([100, 100.5].map((column) => dbtexRule({ slices: 4 })(box(column), box(0)) > 0)).toEqual([true, false]);
    expect([2, 2.5].map((deep) => dbtexRule({ slices: 8 })({ ...box(0), slice: deep }, box(0)) > 0)).toEqual([true, false]);
  });

  it("a subgroup of one positive and one negative has an estimate", () => {
    const rows = subgroups(cases, ["a", "a", "b", "b", "b", "b"], statistics, { seed: 1, resamples: 20 });
    expect([rows[0]!.cases, rows[0]!.positives, rows[0]!.estimates!.auroc.estimate]).toEqual([2, 1, 1]);
  });

  it("a subgroup without one of the classes has no estimate, and says how many cases it has", () => {
    const rows = subgroups(cases, ["a", "a", "a", "b", "b", "a"], statistics, { seed: 1, resamples: 20 });
    expect(rows[1]).toEqual({ group: "b", cases: 2, positives: 2, clusters: 2, estimates: undefined });
    expect(rows[0]!.estimates!.auroc.estimate).toBe(1);
  });
});
