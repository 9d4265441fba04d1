import { describe, expect, it } from "vitest";
import {
  applyStack,
  assign,
  buildReport,
  type Calibrator,
  calibrate,
  calibrateFinding,
  deciles,
  type Finding,
  findingsOfBreast,
  fitFindingCalibrator,
  fitIsotonic,
  fitPlatt,
  fitScale,
  fitStack,
  fitTemperature,
  logit,
  mergeDetections,
  type PairModel,
  type Pooling,
  parseCalibrator,
  parseFindingCalibrator,
  parseScale,
  parseStack,
  placeInBreast,
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
const swapped = { top: 1, left: 0, bottom: 0, right: 1 };
const finding = { laterality: "L", view: "CC", box, probability: 0.5 } as const;
const place = placeInBreast(box, { laterality: "L", view: "CC", mmPerPixel: 0.25, nipple: [600, 400], nippleConfidence: 1 });
const reported = (findings: readonly Finding[]) => buildReport({ study: "s", findings }, scale);
const plainDistances = { kind: "finding calibrator", intercept: 0, breast: 1, view: 1, peak: 1 } as const;
const stack = { kind: "logistic stack", weights: [1, -1], intercept: 0 } as const;
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
  [
    "calibrate: unknown kind",
    () => calibrate({ kind: "spline" } as unknown as Calibrator, 0),
    /platt, temperature, isotonic, beta, venn-abers, got "spline"/,
    TypeError,
  ],
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
  ...(
    [
      ["no logit", { breastLogit: Number.NaN, below: { view: 0, peak: 0 } }, /finite logit of the breast, got NaN/],
      ["a view above the highest", { breastLogit: 0, below: { view: 0.1, peak: 0 } }, /below.view <= 0, got 0.1/],
      ["a peak that is no number", { breastLogit: 0, below: { view: 0, peak: Number.NaN } }, /below.peak <= 0, got NaN/],
    ] as const
  ).flatMap(([name, evidence, message]) => [
    [`calibrateFinding: ${name}`, () => calibrateFinding(plainDistances, evidence), message] as const,
    [`fitFindingCalibrator: ${name}`, () => fitFindingCalibrator([{ ...evidence, cancer: 1 }]), message] as const,
  ]),
  ["fitFindingCalibrator: none", () => fitFindingCalibrator([]), /beside the highest on cancers and others, got 0 on cancers of 0/],
  [
    "fitFindingCalibrator: no cancer",
    () => fitFindingCalibrator([0, -1].map((peak) => ({ breastLogit: 0, below: { view: 0, peak }, cancer: 0 }))),
    /got 0 on cancers of 1/,
  ],
  [
    "fitFindingCalibrator: label 2",
    () => fitFindingCalibrator([{ breastLogit: 0, below: { view: 0, peak: 0 }, cancer: 2 as 1 }]),
    /cancer 0 or 1, got 2/,
  ],
  [
    "fitFindingCalibrator: ridge 0",
    () =>
      fitFindingCalibrator(
        [0, 1].map((cancer) => ({ breastLogit: 0, below: { view: 0, peak: -1 }, cancer: cancer as 0 | 1 })),
        { ridge: 0 },
      ),
    /ridge > 0, got 0/,
  ],
  ["parseFindingCalibrator: another kind", () => parseFindingCalibrator({ kind: "platt" }), /kind finding calibrator/, TypeError],
  ["parseFindingCalibrator: null", () => parseFindingCalibrator(null), /kind finding calibrator/, TypeError],
  ["parseFindingCalibrator: a negative weight", () => parseFindingCalibrator({ ...plainDistances, view: -1 }), /view >= 0, got -1/],
  ["parseFindingCalibrator: no weight", () => parseFindingCalibrator({ ...plainDistances, peak: undefined }), /peak >= 0, got undefined/],
  ["parseFindingCalibrator: no intercept", () => parseFindingCalibrator({ ...plainDistances, intercept: Number.NaN }), /finite intercept, got NaN/],
  ["parseFindingCalibrator: half a finding", () => parseFindingCalibrator({ ...plainDistances, findings: 0.5 }), /at least one finding, got 0.5/],
  ["findingsOfBreast: no views", () => findingsOfBreast([]), /at least one view/],
  ["findingsOfBreast: two breasts", () => findingsOfBreast([view, { ...view, laterality: "R" }]), /views of one breast, got L and R/],
  ["findingsOfBreast: no peak", () => findingsOfBreast([{ ...view, peaks: [] }]), /at least one peak in view L-CC/],
  ["findingsOfBreast: NaN logOdds", () => findingsOfBreast([{ ...view, peaks: [{ box, logOdds: Number.NaN }] }]), /finite logOdds in view L-CC/],
  ["findingsOfBreast: probability 2", () => findingsOfBreast([{ ...view, probability: 2 }]), /got 2/],
  ["findingsOfBreast: a side that is none", () => findingsOfBreast([{ ...view, laterality: "B" as "L" }]), /views\[0\].laterality L or R, got "B"/],
  ["findingsOfBreast: a view that is none", () => findingsOfBreast([{ ...view, view: "cc" as "CC" }]), /views\[0\].view to be one of the 16/],
  [
    "findingsOfBreast: a box without extent",
    () => findingsOfBreast([{ ...view, peaks: [{ box: swapped, logOdds: 0 }] }]),
    /views\[0\].peaks\[0\].box with finite top/,
  ],
  ["buildReport: no findings", () => reported([]), /at least one finding/],
  ["buildReport: a side that is none", () => reported([{ ...finding, laterality: "l" as "L" }]), /findings\[0\].laterality L or R, got "l"/],
  [
    "buildReport: NaN distance",
    () => reported([finding, { ...finding, place: { ...place, fromNipple: Number.NaN } }]),
    /findings\[1\].place.fromNipple >= 0, got NaN/,
  ],
  [
    "buildReport: place in another view",
    () => reported([{ ...finding, place: { ...place, view: "MLO" } }]),
    /findings\[0\].place in L-CC, got L-MLO/,
  ],
  [
    "buildReport: place in the other breast",
    () => reported([{ ...finding, place: { ...place, laterality: "R" } }]),
    /findings\[0\].place in L-CC, got R-CC/,
  ],
  ["buildReport: probability 2", () => reported([{ ...finding, probability: 2 }]), /findings\[0\].probability in \[0, 1\], got 2/],
  ["buildReport: box turned inside out", () => reported([{ ...finding, box: swapped }]), /findings\[0\].box with finite top/],
  [
    "buildReport: pair model that is none",
    () => buildReport({ study: "s", findings: [finding] }, scale, { model: {} as PairModel }),
    /of kind pair model/,
    TypeError,
  ],
  ["buildReport: view that is none", () => buildReport({ study: "s", findings: [{ ...finding, view: "" as "CC" }] }, scale), /findings\[0\].view/],
  ["assign: negative rows", () => assign([], -1, 0), /rows to be a whole number >= 0, got -1/],
  ["assign: half a column", () => assign([1], 2, 0.5), /columns to be a whole number >= 0, got 0.5/],
  ["mergeDetections: label NaN", () => mergeDetections([[{ box, label: Number.NaN, score: 1 }]]), /labels to be whole numbers, got NaN of model 0/],
  [
    "mergeDetections: NaN corner",
    () => mergeDetections([[{ box: { ...box, right: Number.NaN }, label: 1, score: 1 }]]),
    /a box of model 0 with finite/,
  ],
  ["mergeDetections: iouThreshold NaN", () => mergeDetections([], { iouThreshold: Number.NaN }), /iouThreshold in \[0, 1\], got NaN/],
  ["mergeDetections: rule of every object", () => mergeDetections([], { scoreRule: "toString" as ScoreRule }), /got "toString"/],
  ["fitStack: no members", () => fitStack([], []), /at least one member/],
  ["fitStack: unequal lengths", () => fitStack([[1, 2], [1]], [0, 1]), /as many scores as labels/],
  ["fitStack: one class", () => fitStack([[1, 2]], [1, 1]), /both classes, got 2 positive of 2/],
  ["fitStack: ridge 0", () => fitStack([[1, 2]], [0, 1], { ridge: 0 }), /ridge > 0, got 0/],
  ["applyStack: too few scores", () => applyStack(stack, [1]), /2 scores, got 1/],
  ["applyStack: NaN", () => applyStack(stack, [1, Number.NaN]), /finite scores, got NaN at 1/],
  ["parseStack: NaN weight", () => parseStack({ ...stack, weights: [1, Number.NaN] }), /finite weights and intercept, got NaN/],
  ["parseStack: no weights", () => parseStack({ ...stack, weights: [] }), /at least one weight/],
  ["parseStack: a calibrator", () => parseStack({ kind: "platt", slope: 1, intercept: 0 }), /of kind logistic stack/, TypeError],
  ["parseScale: nothing", () => parseScale(null), /a scale with a name, got null/, TypeError],
  ["parseScale: no cuts", () => parseScale({ name: "s" }), /nine cuts in \[0, 1\] that never fall, got undefined/],
  ["parseScale: texts", () => parseScale({ name: "s", cuts: deciles.map(String) }), /nine cuts/],
  ["parseScale: NaN", () => parseScale({ name: "s", cuts: [...deciles.slice(1), Number.NaN] }), /nine cuts/],
  ["parseScale: reference without hash", () => parseScale({ ...scale, reference: { cases: 20, quantiles: deciles } }), /64 hexadecimal digits/],
  ["parseScale: reference of 3", () => parseScale({ ...scale, reference: { sha256, cases: 3, quantiles: deciles } }), /10 reference cases, got 3/],
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

// Artifacts that would give a wrong number, or NaN, on every exam: refused when read and when used.
const malformed: readonly (readonly [string, unknown, RegExp])[] = [
  [
    "falling isotonic",
    { kind: "isotonic", scores: [0, 1, 2], probabilities: [0.1, 0.6, 0.4] },
    /isotonic with probabilities\[2\] in \[0, 1\], not below the one before, got 0.4/,
  ],
  ["isotonic above 1", { kind: "isotonic", scores: [0, 1], probabilities: [0.1, 1.1] }, /isotonic with probabilities\[1\]/],
  ["empty isotonic", { kind: "isotonic", scores: [], probabilities: [] }, /isotonic with list of at least one score/],
  ["isotonic with scores that stand still", { kind: "isotonic", scores: [1, 1], probabilities: [0, 1] }, /isotonic with finite scores\[1\] above/],
  ["isotonic of two lengths", { kind: "isotonic", scores: [0, 1], probabilities: [0.5] }, /isotonic with list of 2 probabilities, got 1 values/],
  ["isotonic with NaN", { kind: "isotonic", scores: [0, Number.NaN], probabilities: [0, 1] }, /isotonic with finite scores\[1\]/],
  ["isotonic without lists", { kind: "isotonic" }, /isotonic with list/],
  ["negative slope", { kind: "platt", slope: -1, intercept: 0 }, /platt with slope >= 0, got -1/],
  ["infinite slope", { kind: "platt", slope: Number.POSITIVE_INFINITY, intercept: 0 }, /platt with slope >= 0, got Infinity/],
  ["no intercept", { kind: "platt", slope: 1 }, /platt with finite intercept, got undefined/],
  ["a text for a number", { kind: "platt", slope: "1", intercept: 0 }, /platt with slope >= 0, got 1/],
  ["temperature 0", { kind: "temperature", temperature: 0 }, /temperature with temperature > 0, got 0/],
  ["negative temperature", { kind: "temperature", temperature: -2 }, /temperature > 0, got -2/],
  ["null temperature, as JSON writes NaN", JSON.parse(JSON.stringify({ kind: "temperature", temperature: Number.NaN })), /temperature > 0, got null/],
];

describe("malformed calibrators", () => {
  it.each(malformed)("%s", (_, value, message) => {
    for (const read of [() => parseCalibrator(value), () => calibrate(value as Calibrator, 0)]) {
      expect(read).toThrow(message);
      expect(read).toThrow(RangeError);
    }
  });

  it("what is no calibrator at all is a TypeError; good ones come back as they are", () => {
    for (const value of [null, undefined, "platt", {}, { kind: 7 }]) expect(() => parseCalibrator(value)).toThrow(TypeError);
    for (const good of [fitPlatt([1, 2, 3], [0, 1, 1]), fitTemperature([-1, 2], [0, 1]), fitIsotonic([1, 2, 3], [0, 1, 0])]) {
      expect(parseCalibrator(good)).toBe(good);
      expect(parseCalibrator(JSON.parse(JSON.stringify(good)))).toEqual(good);
    }
  });
});
