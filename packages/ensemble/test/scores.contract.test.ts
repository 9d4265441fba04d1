import { describe, expect, it } from "vitest";
import {
  agreementOf,
  assign,
  breakTies,
  type Calibrator,
  calibrate,
  calibrateInterval,
  chooseCalibrator,
  crossFitCalibration,
  dealFolds,
  deciles,
  describePlace,
  ensembleCurve,
  fitBeta,
  fitNonNegativeStack,
  fitPairModel,
  fitPlatt,
  fitPowerLaw,
  fitRiskScale,
  fitStack,
  fitVennAbers,
  freezeRanks,
  fuseInMm,
  joinMembers,
  joinPeaks,
  logit,
  type MemberPooling,
  type MissingRule,
  matchViews,
  mergeDetections,
  mirroredBox,
  type PlacedFinding,
  pairFeatures,
  parseCalibrator,
  parsePairModel,
  parseRankReference,
  parseScale,
  placeInBreast,
  poolMembers,
  poolProbabilities,
  rankAgainst,
  riskByScore,
  type Suppression,
  scaleStability,
  shiftPrevalence,
  startingPairModel,
  suppressDetections,
  tunePairModel,
} from "../src/index.ts";

const sha256 = "a".repeat(64);
const box = { top: 0, left: 0, bottom: 1, right: 1 };
const many = Array.from({ length: 60 }, (_, i) => i / 60);
const labels = many.map((_, i) => i % 2);
const scale = { name: "s", cuts: deciles };
const a = { name: "a", family: "f", scores: [{ id: "x", score: 1 }] };
const joined = joinMembers([a, { ...a, name: "b" }]);
const landmarks = { laterality: "L", view: "CC", mmPerPixel: 0.25, nipple: [10, 300], nippleConfidence: 1 } as const;
const place = placeInBreast(box, landmarks);
const finding: PlacedFinding = { place, probability: 0.5 };
const rank = freezeRanks(many, { sha256 });
const venn = fitVennAbers([1, 2, 3], [0, 1, 1]);
const mlo = { ...place, view: "MLO" } as const;
const healthyBelow = many.map((p) => Number(p > 0.5));

// What is refused, and words that the message must have.
const refused: readonly (readonly [string, () => unknown, RegExp, (typeof RangeError | typeof TypeError)?])[] = [
  ...([fitBeta, fitVennAbers] as const).flatMap((fit) => [
    [`${fit.name}: unequal lengths`, () => fit([1, 2], [1]), /as many scores as labels, got 2 and 1/] as const,
    [`${fit.name}: no cases`, () => fit([], []), /at least one case/] as const,
    [`${fit.name}: NaN score`, () => fit([1, Number.NaN], [0, 1]), /finite scores, got NaN at 1/] as const,
    [`${fit.name}: label 2`, () => fit([1, 2], [0, 2]), /labels 0 or 1, got 2 at 1/] as const,
  ]),
  ["fitBeta: one class", () => fitBeta([1, 2], [1, 1]), /both classes, got 2 positive of 2/],
  ["beta: negative a", () => parseCalibrator({ kind: "beta", a: -1, b: 1, c: 0 }), /beta with a >= 0, got -1/],
  ["beta: no c", () => parseCalibrator({ kind: "beta", a: 1, b: 1 }), /beta with finite c, got undefined/],
  [
    "venn-abers: falling",
    () => parseCalibrator({ ...venn, lower: [0.5, 0.2, 0.9] }),
    /venn-abers with lower\[1\] in \[0, 1\], not below the one before/,
  ],
  [
    "venn-abers: ends crossed",
    () => parseCalibrator({ kind: "venn-abers", scores: [1], lower: [0.9], upper: [0.2] }),
    /upper\[0\] not below lower\[0\]/,
  ],
  [
    "venn-abers: no upper",
    () => calibrate({ kind: "venn-abers", scores: [1], lower: [0.9] } as unknown as Calibrator, 0),
    /list of 1 probabilities upper/,
  ],
  [
    "calibrateInterval: another kind",
    () => calibrateInterval({ kind: "platt", slope: 1, intercept: 0 } as never, 0),
    /venn-abers, got "platt"/,
    TypeError,
  ],
  ["calibrateInterval: NaN", () => calibrateInterval(venn, Number.NaN), /a score, got NaN/],
  ["breakTies: tilt 1", () => breakTies({ kind: "isotonic", scores: [1], probabilities: [0.5] }, { tilt: 1 }), /tilt in \[1e-12, 0.01\], got 1/],
  ["breakTies: falling curve", () => breakTies({ kind: "isotonic", scores: [1, 2], probabilities: [0.5, 0.1] }), /not below the one before/],
  ["dealFolds: one fold", () => dealFolds(labels, { folds: 1, seed: 1 }), /folds to be a whole number >= 2, got 1/],
  ["dealFolds: too few groups", () => dealFolds([0, 1, 1], { groups: ["p", "p", "q"], folds: 3, seed: 1 }), /at least 3 groups for 3 folds, got 2/],
  ["dealFolds: groups of another length", () => dealFolds([0, 1], { groups: ["p"], seed: 1 }), /as many groups as labels, got 1 and 2/],
  ["crossFitCalibration: NaN", () => crossFitCalibration(fitPlatt, [Number.NaN, 1], [0, 1], { seed: 1 }), /finite scores, got NaN at 0/],
  ["chooseCalibrator: no candidates", () => chooseCalibrator(many, labels, { candidates: {}, seed: 1 }), /at least one kind/],
  ["fitNonNegativeStack: no members", () => fitNonNegativeStack([], []), /at least one member/],
  ["fitNonNegativeStack: unequal lengths", () => fitNonNegativeStack([[1, 2], [1]], [0, 1]), /as many scores as labels/],
  ["fitNonNegativeStack: ridge 0", () => fitNonNegativeStack([[1, 2]], [0, 1], { ridge: 0 }), /ridge > 0, got 0/],
  ["joinMembers: none", () => joinMembers([]), /at least one member, got none/],
  ["joinMembers: empty member", () => joinMembers([{ ...a, scores: [] }]), /scores of a, got none/],
  ["joinMembers: two of one name", () => joinMembers([a, a]), /two named "a"/],
  [
    "joinMembers: overlapping ids",
    () => joinMembers([{ ...a, scores: [...a.scores, ...a.scores] }]),
    /one score of each case from a, got a second one at 1/,
  ],
  ["joinMembers: NaN", () => joinMembers([{ ...a, scores: [{ id: "x", score: Number.NaN }] }]), /finite scores of a, got NaN at 0/],
  [
    "joinMembers: unequal case sets",
    () => joinMembers([a, { ...a, name: "b", scores: [{ id: "y", score: 1 }] }]),
    /same cases of every member, got 2 of 2/,
  ],
  [
    "joinMembers: nothing in common",
    () => joinMembers([a, { ...a, name: "b", scores: [{ id: "y", score: 1 }] }], { missing: "common" }),
    /all 2 members have scored, got none/,
  ],
  ["joinMembers: unknown rule", () => joinMembers([a], { missing: "skip" as MissingRule }), /got "skip"/],
  ["joinMembers: hash that is none", () => joinMembers([{ ...a, sha256: "ab" }]), /64 hexadecimal digits, got "ab"/],
  ["poolMembers: unknown method", () => poolMembers(joined, "toString" as MemberPooling), /got "toString"/],
  ["poolMembers: no members", () => poolMembers({ ids: ["x"], members: [], scores: [] }, "median"), /at least one member, got 0 for 0/],
  ["ensembleCurve: size 3 of 2", () => ensembleCurve(joined, { statistic: () => 0, seed: 1, sizes: [3] }), /sizes from 1 to the 2 members, got 3/],
  ["ensembleCurve: no sizes", () => ensembleCurve(joined, { statistic: () => 0, seed: 1, sizes: [] }), /at least one size/],
  [
    "fitPowerLaw: two sizes",
    () =>
      fitPowerLaw([
        { size: 1, value: 1 },
        { size: 2, value: 0 },
      ]),
    /three different sizes/,
  ],
  ["fitPowerLaw: NaN", () => fitPowerLaw([1, 2, 3].map((size) => ({ size, value: Number.NaN }))), /finite values, got 1, NaN/],
  ["freezeRanks: few", () => freezeRanks([1], { sha256 }), /at least 10 reference scores, got 1/],
  ["freezeRanks: NaN", () => freezeRanks([...many, Number.NaN], { sha256 }), /got NaN at 60/],
  ["freezeRanks: no hash", () => freezeRanks(many, { sha256: "" }), /64 hexadecimal digits/],
  ["rankAgainst: NaN", () => rankAgainst(rank, Number.NaN), /got NaN/],
  ["fuseInMm: no scale", () => fuseInMm([{ mmPerPixel: 0, origin: [0, 0], detections: [{ box, label: 0, score: 1 }] }]), /mmPerPixel > 0, got 0/],
  [
    "fuseInMm: no origin",
    () => fuseInMm([{ mmPerPixel: 1, origin: [0, Number.NaN], detections: [{ box, label: 0, score: 1 }] }]),
    /origin to be two finite numbers/,
  ],
  ["suppressDetections: NaN score", () => suppressDetections([{ box, label: 0, score: Number.NaN }]), /finite scores >= 0, got NaN at 0/],
  ["suppressDetections: method", () => suppressDetections([], { method: "none" as Suppression }), /hard, linear, gaussian, got "none"/],
  ["suppressDetections: sigma 0", () => suppressDetections([], { sigma: 0 }), /sigma > 0, got 0/],
  ["agreementOf: no models", () => agreementOf(box, []), /at least one model/],
  ["parseRankReference: another kind", () => parseRankReference({ kind: "rank" }), /kind rank reference/, TypeError],
  ["parseRankReference: null", () => parseRankReference(null), /kind rank reference/, TypeError],
  ["parseRankReference: one score", () => parseRankReference({ ...rank, scores: [1] }), /at least 2 scores, got 1/],
  ["parseRankReference: falls", () => parseRankReference({ ...rank, scores: [1, 0] }), /never fall, got 0 at 1/],
  ["parseRankReference: NaN", () => parseRankReference({ ...rank, scores: [1, Number.NaN] }), /never fall, got NaN at 1/],
  ["parseRankReference: nine cases", () => parseRankReference({ ...rank, cases: 9 }), /at least 10 cases, got 9/],
  ["parseRankReference: no hash", () => parseRankReference({ ...rank, sha256: "a" }), /64 hexadecimal digits/],
  ["joinPeaks: no peaks", () => joinPeaks([], []), /at least one peak/],
  ["joinPeaks: score 2", () => joinPeaks([{ box, logOdds: 0 }], [{ box, score: 2 }]), /detections\[0\].score in \[0, 1\], got 2/],
  ["joinPeaks: NaN", () => joinPeaks([{ box, logOdds: Number.NaN }], []), /finite logOdds of peaks\[0\], got NaN/],
  ["placeInBreast: no nipple", () => placeInBreast(box, { ...landmarks, nipple: [Number.NaN, 1] }), /nipple to be two finite numbers/],
  ["describePlace: none", () => describePlace([]), /one place or two of a pair, got 0/],
  ["describePlace: two of CC", () => describePlace([place, place]), /craniocaudal and the oblique view/],
  ["describePlace: two breasts", () => describePlace([place, { ...mlo, laterality: "R" }]), /of one breast/],
  ["mirroredBox: other view", () => mirroredBox(box, landmarks, { ...landmarks, view: "MLO" }), /one view, got CC and MLO/],
  ["pairFeatures: size 0", () => pairFeatures(finding, { ...finding, place: { ...place, size: 0 } }), /size > 0, got 0/],
  [
    "pairFeatures: embeddings of two lengths",
    () => pairFeatures({ ...finding, embedding: [1] }, { ...finding, embedding: [1, 2] }),
    /one length, got 1 and 2/,
  ],
  [
    "pairFeatures: embedding of zeros",
    () => pairFeatures({ ...finding, embedding: [0] }, { ...finding, embedding: [0] }),
    /finite length above 0, got 0/,
  ],
  ["fitPairModel: no false pairs", () => fitPairModel([{ a: finding, b: finding, same: true }]), /both classes/],
  [
    "parsePairModel: negative cost",
    () => parsePairModel({ ...startingPairModel, costs: { ...startingPairModel.costs, depth: -1 } }),
    /costs.depth >= 0, got -1/,
  ],
  ["parsePairModel: a calibrator", () => parsePairModel({ kind: "platt" }), /of kind pair model/, TypeError],
  ["parsePairModel: null", () => parsePairModel(null), /of kind pair model/, TypeError],
  ["parsePairModel: no costs", () => parsePairModel({ ...startingPairModel, costs: null }), /with costs/, TypeError],
  ["scaleStability: no cases", () => scaleStability(scale, [], () => scale, { seed: 1 }), /at least one case/],
  [
    "mirroredBox: no nipple",
    () => mirroredBox(box, { ...landmarks, nipple: [Number.NaN, 1] }, landmarks),
    /nipple to be two finite numbers, got NaN, 1/,
  ],
  ["matchViews: probability NaN", () => matchViews([{ ...finding, probability: Number.NaN }], []), /probabilities in \[0, 1\], got NaN/],
  ["matchViews: maxPnlDifference NaN", () => matchViews([], [], { maxPnlDifference: Number.NaN }), /maxPnlDifference >= 0, got NaN/],
  [
    "parsePairModel: texts for numbers",
    () => parsePairModel({ ...startingPairModel, costs: { ...startingPairModel.costs, depth: "1" } }),
    /costs.depth >= 0, got 1/,
  ],
  [
    "parsePairModel: null for a cost",
    () => parsePairModel({ ...startingPairModel, costs: { ...startingPairModel.costs, depth: null } }),
    /costs.depth >= 0, got null/,
  ],
  ["parsePairModel: true for a slope", () => parsePairModel({ ...startingPairModel, taken: { slope: true, intercept: 0 } }), /taken.slope >= 0/],
  ["parsePairModel: alone NaN", () => parsePairModel({ ...startingPairModel, alone: Number.NaN }), /finite alone, got NaN/],
  ["parsePairModel: falling probability", () => parsePairModel({ ...startingPairModel, taken: { slope: -1, intercept: 0 } }), /taken.slope >= 0/],
  [
    "tunePairModel: no true pairs",
    () => tunePairModel(startingPairModel, [{ a: [finding], b: [finding], pairs: [] }]),
    /at least one true pair, got none/,
  ],
  [
    "tunePairModel: pair of nothing",
    () => tunePairModel(startingPairModel, [{ a: [finding], b: [finding], pairs: [[0, 1]] }]),
    /pairs of exams\[0\] to be places in its lists/,
  ],
  ["fitRiskScale: few", () => fitRiskScale("s", [0.5], [1], { sha256 }), /at least 50 reference cases, got 1/],
  [
    "fitRiskScale: one class",
    () =>
      fitRiskScale(
        "s",
        many,
        many.map(() => 0),
        { sha256 },
      ),
    /both classes, got 0 positive of 60/,
  ],
  ["fitRiskScale: above 1", () => fitRiskScale("s", [...many, 2], [...labels, 1], { sha256 }), /probabilities in \[0, 1\], got 2/],
  [
    "fitRiskScale: no healthy cut",
    () =>
      fitRiskScale(
        "s",
        many,
        many.map((_, i) => Number(i < 30)),
        { sha256 },
      ),
    /negative predictive value 0.98, got none/,
  ],
  ["riskByScore: falling cuts", () => riskByScore({ ...scale, cuts: [...deciles].reverse() as unknown as typeof deciles }, [0.5], [1]), /never fall/],
  [
    "scaleStability: every resample fails",
    () => scaleStability(scale, many, () => fitRiskScale("s", [], [], { sha256 }), { seed: 1, resamples: 2 }),
    /at least one of 2 resamples, got none/,
  ],
];

// Both ends of each range lie within it, and what is beyond either is refused.
const far = { kind: "isotonic", scores: [-1e308, 1e308], probabilities: [0, 1] } as const;
const one = { box, label: 0, score: 1 };
const placed = (given: Partial<typeof place>): PlacedFinding => ({ ...finding, place: { ...place, ...given } });
const ranges: readonly (readonly [string, RegExp, (value: number) => unknown, readonly number[], readonly number[]])[] = [
  ["logit", /in \[0, 1\]/, logit, [0, 1], [-1e-9, 1 + 1e-9]],
  ["rows of assign", /rows to be a whole number >= 0/, (rows) => assign([], rows, 0), [0, 2], [-1, 0.5]],
  ["sigma", /sigma > 0/, (sigma) => suppressDetections([], { sigma }), [1e-9], [0, -1, Infinity]],
  ["iouThreshold of suppressDetections", /iouThreshold/, (iouThreshold) => suppressDetections([], { iouThreshold }), [0, 1], [-0.1, 1.1]],
  ["minScore of suppressDetections", /minScore/, (minScore) => suppressDetections([], { minScore }), [-1, 2], [Number.NaN]],
  ["score of suppressDetections", /scores >= 0/, (score) => suppressDetections([{ ...one, score }]), [0, 2], [-0.1, Infinity]],
  ["label of suppressDetections", /labels/, (label) => suppressDetections([{ ...one, label }]), [-1, 0], [0.5]],
  ["iouThreshold of mergeDetections", /iouThreshold/, (iouThreshold) => mergeDetections([], { iouThreshold }), [0, 1], [-0.1, 1.1]],
  ["most of mergeDetections", /most to be a whole number >= 1/, (most) => mergeDetections([], { most }), [1, Infinity], [0, 1.5, Number.NaN]],
  ["minScore of mergeDetections", /minScore/, (minScore) => mergeDetections([], { minScore }), [-1, 2], [Number.NaN]],
  ["score of mergeDetections", /scores >= 0/, (score) => mergeDetections([[{ ...one, score }]]), [0, 2], [-0.1, Infinity]],
  ["label of mergeDetections", /labels/, (label) => mergeDetections([[{ ...one, label }]]), [-1, 0], [0.5]],
  ["weight of mergeDetections", /weights > 0/, (weight) => mergeDetections([[]], { weights: [weight] }), [0.5], [0, Infinity]],
  ["weight of poolProbabilities", /weights >= 0/, (weight) => poolProbabilities([0.5, 0.5], { weights: [1, weight] }), [0, 0.5], [-0.1, Infinity]],
  ["minMm", /minMm >= 0/, (minMm) => fuseInMm([], { minMm }), [0], [-0.1, Infinity]],
  ["mmPerPixel of fuseInMm", /mmPerPixel > 0/, (mmPerPixel) => fuseInMm([{ mmPerPixel, origin: [0, 0], detections: [one] }]), [0.1], [0, Infinity]],
  ["origin of fuseInMm", /origin/, (row) => fuseInMm([{ mmPerPixel: 1, origin: [row, 0], detections: [one] }]), [0], [Number.NaN, Infinity]],
  ["keepWithin", /keepWithin >= 0/, (keepWithin) => joinPeaks([{ box, logOdds: 0 }], [], { keepWithin }), [0], [-0.1, Number.NaN]],
  [
    "place.fromNipple",
    /fromNipple >= 0/,
    (fromNipple) => joinPeaks([{ box, logOdds: 0, place: { ...place, fromNipple } }], []),
    [0],
    [-0.1, Infinity],
  ],
  ["pairs of a pair model", /at least one pair/, (pairs) => parsePairModel({ ...startingPairModel, pairs }), [1, 5], [0, 0.5, Infinity]],
  ["score of joinPeaks", /in \[0, 1\]/, (score) => joinPeaks([{ box, logOdds: 0 }], [{ box, score }]), [0, 1], [-0.1, 1.1]],
  ["ridge of fitStack", /ridge > 0/, (ridge) => fitStack([[1, 2]], [0, 1], { ridge }), [0.5], [0, Infinity]],
  ["ridge of fitNonNegativeStack", /ridge > 0/, (ridge) => fitNonNegativeStack([[1, 2]], [0, 1], { ridge }), [0.5], [0, Infinity]],
  [
    "positives of fitStack",
    /both classes/,
    (n) =>
      fitStack(
        [[1, 2, 3]],
        [1, 2, 3].map((i) => Number(i <= n)),
      ),
    [1, 2],
    [0, 3],
  ],
  [
    "positives of fitNonNegativeStack",
    /both classes/,
    (n) =>
      fitNonNegativeStack(
        [[1, 2, 3]],
        [1, 2, 3].map((i) => Number(i <= n)),
      ),
    [1, 2],
    [0, 3],
  ],
  ["tilt", /tilt/, (tilt) => breakTies({ ...far, scores: [0, 1] }, { tilt }), [1e-12, 0.01], [0.9e-12, 0.011]],
  ["range of breakTies", /finite range/, (part) => breakTies({ ...far, scores: far.scores.map((score) => part * score) }), [0.01], [0.1, 1]],
  ["folds", /folds/, (folds) => dealFolds(labels, { folds, seed: 1 }), [2, labels.length], [1, 2.5]],
  ["label of dealFolds", /labels 0 or 1/, (label) => dealFolds([0, 1, label], { folds: 2, seed: 1 }), [0, 1], [-1, 2]],
  ["from of shiftPrevalence", /prevalence.from/, (from) => shiftPrevalence(0.5, { from, to: 0.5 }), [0.01, 0.99], [0, 1]],
  ["to of shiftPrevalence", /prevalence.to/, (to) => shiftPrevalence(0.5, { from: 0.5, to }), [0.01, 0.99], [0, 1]],
  ["probability of shiftPrevalence", /in \[0, 1\]/, (p) => shiftPrevalence(p, { from: 0.5, to: 0.5 }), [0, 1], [-0.1, 1.1]],
  ["minMembers", /minMembers/, (minMembers) => poolMembers(joined, "median", { minMembers }), [1, 2], [0, 1.5]],
  ["draws", /draws/, (draws) => ensembleCurve(joined, { statistic: () => 0, seed: 1, draws }), [1], [0, 1.5]],
  [
    "size of ensembleCurve",
    /sizes from 1 to the 2/,
    (size) => ensembleCurve(joined, { statistic: () => 0, seed: 1, sizes: [size] }),
    [1, 2],
    [0, 1.5],
  ],
  ["size of fitPowerLaw", /sizes >= 1/, (size) => fitPowerLaw([size, 2, 3].map((n) => ({ size: n, value: 1 / n }))), [1], [0.5, Infinity]],
  ["knots", /knots/, (knots) => freezeRanks(many, { sha256, knots }), [2, 3], [1, 2.5]],
  ["cases of freezeRanks", /at least 10/, (n) => freezeRanks(many.slice(0, n), { sha256 }), [10], [9]],
  ["cases of fitRiskScale", /at least 50/, (n) => fitRiskScale("s", many.slice(0, n), healthyBelow.slice(0, n), { sha256 }), [50], [49]],
  ["probability of fitRiskScale", /in \[0, 1\]/, (p) => fitRiskScale("s", [...many, p], [...healthyBelow, 1], { sha256 }), [0.6, 1], [-0.1, 1.1]],
  ["minNpv", /minNpv in/, (minNpv) => fitRiskScale("s", many, healthyBelow, { sha256, minNpv }), [0.01, 0.99], [0, 1]],
  ["prevalence", /prevalence in/, (prevalence) => fitRiskScale("s", many, healthyBelow, { sha256, prevalence }), [0.01, 0.99], [0, 1]],
  ["resamples", /resamples/, (resamples) => scaleStability(scale, many, () => scale, { seed: 1, resamples }), [1], [0, 1.5]],
  ["reference cases", /10 reference cases/, (n) => parseScale({ ...scale, reference: { sha256, cases: n, quantiles: deciles } }), [10], [9, 10.5]],
  ["mmPerPixel of placeInBreast", /mmPerPixel > 0/, (mmPerPixel) => placeInBreast(box, { ...landmarks, mmPerPixel }), [0.1], [0, Infinity]],
  [
    "mmPerPixel before mirroredBox",
    /mmPerPixel > 0/,
    (mmPerPixel) => mirroredBox(box, { ...landmarks, mmPerPixel }, landmarks),
    [0.1],
    [0, Infinity],
  ],
  ["mmPerPixel after mirroredBox", /mmPerPixel > 0/, (mmPerPixel) => mirroredBox(box, landmarks, { ...landmarks, mmPerPixel }), [0.1], [0, Infinity]],
  ["nipple of mirroredBox", /nipple/, (row) => mirroredBox(box, landmarks, { ...landmarks, nipple: [row, 300] }), [0], [Number.NaN, Infinity]],
  ["places", /one place or two/, (n) => describePlace([mlo, place, place].slice(0, n)), [1, 2], [0, 3]],
  ["fromNipple", /finite fromNipple/, (fromNipple) => pairFeatures(finding, placed({ fromNipple })), [0], [Number.NaN, Infinity]],
  ["depth", /finite fromNipple and depth/, (depth) => pairFeatures(finding, placed({ depth })), [-1], [Number.NaN, Infinity]],
  ["size of a place", /size > 0/, (size) => pairFeatures(finding, placed({ size })), [0.5], [0, Infinity]],
  ["embedding", /finite length above 0/, (x) => pairFeatures({ ...finding, embedding: [x] }, { ...finding, embedding: [1] }), [-2, 0.5], [0, 1e200]],
  ["maxPnlDifference", /maxPnlDifference/, (maxPnlDifference) => matchViews([], [], { maxPnlDifference }), [0, Infinity], [-0.1]],
  ["probability of matchViews", /in \[0, 1\]/, (probability) => matchViews([{ ...finding, probability }], []), [0, 1], [-0.1, 1.1]],
  ["intercept of a pair model", /finite intercept/, (intercept) => parsePairModel({ ...startingPairModel, intercept }), [-1], [Number.NaN, Infinity]],
  [
    "cost of a pair model",
    /costs.size >= 0/,
    (size) => parsePairModel({ ...startingPairModel, costs: { ...startingPairModel.costs, size } }),
    [0, 0.5],
    [-0.1, Infinity],
  ],
  ["taken.slope", /taken.slope/, (slope) => parsePairModel({ ...startingPairModel, taken: { slope, intercept: 0 } }), [0, 0.5], [-0.1, Infinity]],
  [
    "taken.intercept",
    /taken.slope/,
    (intercept) => parsePairModel({ ...startingPairModel, taken: { slope: 1, intercept } }),
    [-1],
    [Number.NaN, Infinity],
  ],
  ["alone", /finite alone/, (alone) => parsePairModel({ ...startingPairModel, alone }), [-1], [Number.NaN, Infinity]],
];

describe("ranges", () => {
  it.each(ranges)("%s", (_, message, call, within, beyond) => {
    for (const value of within) expect(() => call(value)).not.toThrow();
    for (const value of beyond) {
      expect(() => call(value)).toThrow(message);
      expect(() => call(value)).toThrow(RangeError);
    }
  });
});

describe("bad input", () => {
  it.each(refused)("%s", (_, call, message, error = RangeError) => {
    expect(call).toThrow(message);
    expect(call).toThrow(error);
  });
});
