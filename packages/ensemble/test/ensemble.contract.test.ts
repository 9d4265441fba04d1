import { describe, expect, it } from "vitest";
import {
  assign,
  buildReport,
  type Calibrator,
  calibrate,
  deciles,
  findingsOfBreast,
  fitIsotonic,
  fitPlatt,
  fitScale,
  fitTemperature,
  logit,
  mergeDetections,
  nippleDistance,
  type Pooling,
  pairLesions,
  poolLogits,
  poolProbabilities,
  type ScoreRule,
  shiftPrevalence,
  toScore,
} from "../src/index.ts";

const box = { top: 0, left: 0, bottom: 1, right: 1 };
const sha256 = "a".repeat(64);
const many = Array.from({ length: 20 }, (_, i) => i / 20);
const scale = { name: "s", cuts: deciles };
const view = { laterality: "L", view: "CC", probability: 0.5, peaks: [{ box, logOdds: 0 }] } as const;
const eight = deciles.slice(1) as unknown as typeof deciles;

// What is refused, and a word that the message must have.
const refused: readonly (readonly [string, () => unknown, RegExp, (typeof RangeError | typeof TypeError)?])[] = [
  ...([fitPlatt, fitTemperature, fitIsotonic] as const).flatMap((fit) => [
    [`${fit.name}: unequal lengths`, () => fit([1, 2], [1]), /as many scores as labels, got 2 and 1/] as const,
    [`${fit.name}: no cases`, () => fit([], []), /at least one case/] as const,
    [`${fit.name}: NaN score`, () => fit([1, Number.NaN], [0, 1]), /finite scores, got NaN at 1/] as const,
    [`${fit.name}: infinite score`, () => fit([Number.POSITIVE_INFINITY, 1], [0, 1]), /got Infinity at 0/] as const,
    [`${fit.name}: label 2`, () => fit([1, 2], [0, 2]), /labels 0 or 1, got 2 at 1/] as const,
    [`${fit.name}: label -1`, () => fit([1, 2], [0, -1]), /labels 0 or 1, got -1 at 1/] as const,
  ]),
  ["calibrate: NaN", () => calibrate({ kind: "temperature", temperature: 1 }, Number.NaN), /got NaN/],
  ["calibrate: unknown kind", () => calibrate({ kind: "beta" } as unknown as Calibrator, 0), /platt, temperature, isotonic, got "beta"/, TypeError],
  ["calibrate: kind of every object", () => calibrate({ kind: "toString" } as unknown as Calibrator, 0), /got "toString"/, TypeError],
  ["logit: above 1", () => logit(1.1), /\[0, 1\], got 1.1/],
  ["shiftPrevalence: prevalence 0", () => shiftPrevalence(0.5, { from: 0, to: 0.5 }), /prevalence.from in \(0, 1\), got 0/],
  ["shiftPrevalence: prevalence 1", () => shiftPrevalence(0.5, { from: 0.5, to: 1 }), /prevalence.to in \(0, 1\), got 1/],
  ["shiftPrevalence: NaN", () => shiftPrevalence(Number.NaN, { from: 0.5, to: 0.5 }), /got NaN/],
  ["poolProbabilities: no members", () => poolProbabilities([]), /at least one member/],
  ["poolProbabilities: out of range", () => poolProbabilities([0.5, -0.1]), /got -0.1/],
  ["poolProbabilities: out of range, mean-prob", () => poolProbabilities([0.5, 1.5], { method: "mean-prob" }), /got 1.5/],
  ["poolProbabilities: weights of another length", () => poolProbabilities([0.5], { weights: [1, 1] }), /1 weights, got 2/],
  ["poolProbabilities: negative weight", () => poolProbabilities([0.5, 0.5], { weights: [2, -1] }), /weights >= 0, got -1/],
  ["poolProbabilities: weights 0", () => poolProbabilities([0.5, 0.5], { weights: [0, 0] }), /not all 0/],
  ["poolProbabilities: unknown method", () => poolProbabilities([0.5], { method: "rank" as Pooling }), /got "rank"/],
  ["poolLogits: infinite", () => poolLogits([0, Number.NEGATIVE_INFINITY]), /got -Infinity at 1/],
  ["toScore: NaN", () => toScore(Number.NaN, scale), /got NaN/],
  ["toScore: falling cuts", () => toScore(0.5, { name: "s", cuts: [...deciles].reverse() as unknown as typeof deciles }), /never fall/],
  ["toScore: eight cuts", () => toScore(0.5, { name: "s", cuts: eight }), /nine cuts/],
  ["fitScale: no hash", () => fitScale("s", many, { sha256: "" }), /64 hexadecimal digits, got ""/],
  ["fitScale: few cases", () => fitScale("s", [0.5], { sha256 }), /at least 10 reference cases, got 1/],
  ["fitScale: NaN", () => fitScale("s", [...many, Number.NaN], { sha256 }), /got NaN/],
  ["fitScale: negative", () => fitScale("s", [...many, -1], { sha256 }), /got -1/],
  ["fitScale: eight quantiles", () => fitScale("s", many, { sha256, quantiles: eight }), /nine quantiles/],
  ["assign: wrong length", () => assign([1, 2, 3], 2, 2), /2 x 2 costs, got 3/],
  ["assign: NaN", () => assign([1, Number.NaN], 1, 2), /got NaN at 1/],
  ["nippleDistance: 0 mm per pixel", () => nippleDistance(box, { nipple: [0, 0], mmPerPixel: 0 }), /mmPerPixel > 0, got 0/],
  ["pairLesions: gate 0", () => pairLesions([], { maxDistanceMm: 0 }), /maxDistanceMm > 0, got 0/],
  ["findingsOfBreast: no views", () => findingsOfBreast([]), /at least one view/],
  ["findingsOfBreast: two breasts", () => findingsOfBreast([view, { ...view, laterality: "R" }]), /views of one breast, got L and R/],
  ["findingsOfBreast: no peak", () => findingsOfBreast([{ ...view, peaks: [] }]), /at least one peak in view L-CC/],
  ["findingsOfBreast: NaN logOdds", () => findingsOfBreast([{ ...view, peaks: [{ box, logOdds: Number.NaN }] }]), /finite logOdds in view L-CC/],
  ["findingsOfBreast: probability 2", () => findingsOfBreast([{ ...view, probability: 2 }]), /got 2/],
  ["buildReport: no findings", () => buildReport({ study: "s", findings: [] }, scale), /at least one finding/],
  [
    "buildReport: NaN probability",
    () => buildReport({ study: "s", findings: [{ laterality: "L", view: "CC", box, probability: Number.NaN }] }, scale),
    /got NaN/,
  ],
  ["mergeDetections: weights of another length", () => mergeDetections([[]], { weights: [] }), /1 weights, got 0/],
  ["mergeDetections: weight 0", () => mergeDetections([[]], { weights: [0] }), /weights > 0, got 0/],
  ["mergeDetections: negative score", () => mergeDetections([[{ box, label: 1, score: -1 }]]), />= 0, got -1 of model 0/],
  ["mergeDetections: box turned inside out", () => mergeDetections([[{ box: { ...box, top: 2 }, label: 1, score: 1 }]]), /top < bottom/],
  ["mergeDetections: unknown rule", () => mergeDetections([], { scoreRule: "median" as ScoreRule }), /got "median"/],
];

describe("bad input", () => {
  it.each(refused)("%s", (_, call, message, error = RangeError) => {
    expect(call).toThrow(message);
    expect(call).toThrow(error);
  });
});
