import { selectBackend } from "@mammo/backend";
import { calibrate, fitPlatt, mergeDetections, parseCalibrator } from "@mammo/ensemble";
import { dbtexRule, dbtexScore, interpolatedSensitivityAt, matchMarks, overlapRule, rocCurve } from "@mammo/metrics";
import { ema, sigmoidCrossEntropy, softmaxCrossEntropy, splitByPatient } from "@mammo/train";
import { decodeSafetensors, encodeSafetensors } from "@mammo/weights";
import * as tf from "@tensorflow/tfjs-core";
import type { Case } from "./case.ts";

/** A call whose result is known. */
const gives = (path: string, expected: string, isRight: () => boolean): Case => ({
  path,
  isCall: true,
  expected,
  run: async () => ({ outcome: isRight() ? "right" : "silently wrong" }),
});

/** Arguments that are refused by RangeError or TypeError. */
const refuses = (path: string, call: () => unknown): Case => ({
  path,
  isCall: true,
  expected: "refused by name",
  async run() {
    try {
      await selectBackend({ prefer: "wasm" });
      tf.tidy(() => void call());
      return { outcome: "silently wrong" };
    } catch (error) {
      const isTyped = error instanceof RangeError || (error instanceof TypeError && error.message.startsWith("Expected"));
      return { outcome: isTyped && !/call stack/.test(error.message) ? "refused" : "untyped error", note: String(error) };
    }
  },
});

// Nine of ten positives lie between the highest two of ten negatives: the curve is vertical at 1 - 0.9.
const vertical = {
  labels: [...Array<number>(10).fill(0), ...Array<number>(10).fill(1)],
  scores: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...Array<number>(9).fill(8.5), 0.5],
};
const box = { top: 0, left: 0, bottom: 10, right: 10 };
const marks = (change: object) => [{ box: { ...box, ...change }, score: 1 }];
/** A mark exactly as far from a lesion's center as may be. */
const atReach = matchMarks(
  [{ box: { ...box, left: 100, right: 110, slice: 5 }, score: 0.5 }],
  [{ ...box, slice: 5 }],
  dbtexRule({ slices: 20, pixels: 100 }),
);
const labeled = (label: number) => [
  { patientId: "a", label: 0 },
  { patientId: "b", label },
];
const image = () => tf.zeros([1, 5, 6, 1]) as tf.Tensor4D;

/** Rows of ../shared/cases/tables that are calls. Tails of t and F, resumed optimizers and subgroups are held by the tests of metrics, train and pipeline. */
export const callCases: readonly Case[] = [
  gives(
    "interpolatedSensitivityAt at a vertical",
    "its top, .9",
    () => interpolatedSensitivityAt(0.9, rocCurve(vertical.labels, vertical.scores)) === 0.9,
  ),
  gives("interpolatedSensitivityAt at all k/n, n to 60", "the top, 1, of each vertical", () =>
    Array.from({ length: 59 }, (_, i) => i + 2).every((n) => {
      const negatives = Array.from({ length: n }, (_, i) => i);
      return negatives
        .slice(1)
        .every((k) => interpolatedSensitivityAt(k / n, rocCurve([...negatives.map(() => 0), 1], [...negatives, k - 0.5])) === 1);
    }),
  ),
  gives("dbtexScore of a mark at reach", "a hit: 1", () => dbtexScore([atReach]).meanSensitivityPositive === 1),
  gives("note of 9,000,000 letters", "round trip", () => {
    const metadata = { note: "x".repeat(9_000_000) };
    return decodeSafetensors(encodeSafetensors({ arrays: {}, metadata })).metadata?.["note"] === metadata.note;
  }),
  refuses("softmaxCrossEntropy, class -1", () => softmaxCrossEntropy(tf.tensor1d([-1, 0], "int32"), tf.zeros([2, 3]))),
  refuses("softmaxCrossEntropy, class K", () => softmaxCrossEntropy(tf.tensor1d([3, 0], "int32"), tf.zeros([2, 3]))),
  refuses("softmaxCrossEntropy, class 0.5", () => softmaxCrossEntropy(tf.tensor1d([0.5, 0]), tf.zeros([2, 3]))),
  refuses("sigmoidCrossEntropy, label 2", () => sigmoidCrossEntropy(tf.tensor1d([2, 0]), tf.zeros([2]))),
  refuses("sigmoidCrossEntropy, label -1", () => sigmoidCrossEntropy(tf.tensor1d([-1, 0]), tf.zeros([2]))),
  refuses("sigmoidCrossEntropy, label NaN", () => sigmoidCrossEntropy(tf.tensor1d([Number.NaN, 0]), tf.zeros([2]))),
  refuses("matchMarks, corners swapped", () => matchMarks(marks({ top: 20 }), [box], overlapRule(0.2))),
  refuses("matchMarks, a corner NaN", () => matchMarks(marks({ left: Number.NaN }), [box], overlapRule(0.2))),
  refuses("matchMarks, a truth without extent", () => matchMarks(marks({}), [{ ...box, right: 0 }], overlapRule(0.2))),
  refuses("calibrator, isotonic that falls", () => parseCalibrator({ kind: "isotonic", scores: [0, 1], probabilities: [0.9, 0.1] })),
  refuses("calibrator, isotonic without knots", () => calibrate({ kind: "isotonic", scores: [], probabilities: [] }, 1)),
  refuses("calibrator, negative slope", () => calibrate({ kind: "platt", slope: -1, intercept: 0 }, 1)),
  refuses("calibrator, temperature 0", () => calibrate({ kind: "temperature", temperature: 0 }, 1)),
  refuses("calibrator, intercept null", () => parseCalibrator(JSON.parse('{ "kind": "platt", "slope": 1, "intercept": null }'))),
  gives("ema of integer buffers", "copied: 7", () => {
    const count = tf.variable(tf.scalar(1, "int32"), false, "count");
    const average = ema({ params: {}, buffers: { count } }, { decay: 0.9 });
    count.assign(tf.scalar(7, "int32"));
    average.update({ params: {}, buffers: { count } }, 1);
    const found = average.weights["count"]!;
    const isRight = found.dtype === "int32" && found.dataSync()[0] === 7;
    average.dispose();
    count.dispose();
    return isRight;
  }),
  refuses("splitByPatient, label NaN", () => splitByPatient(labeled(Number.NaN), { train: 0.5, test: 0.5 }, 1)),
  refuses("splitByPatient, an empty part", () => splitByPatient(labeled(1), { train: 0.99, test: 0.01 }, 1)),
  gives("fitPlatt of scores up to 1e200", "rises, finite", () => {
    const calibrator = fitPlatt([-1e200, -1e199, 1e199, 1e200], [0, 0, 1, 1]);
    return calibrate(calibrator, 1e200) > 0.7 && calibrate(calibrator, -1e200) < 0.3;
  }),
  refuses("wasm, avgPool of the padding alone", () => tf.avgPool(image(), 1, 2, 1, "ceil")),
  refuses("wasm, maxPool larger than the image", () => tf.maxPool(image(), [7, 8], 1, "valid")),
  refuses("wasm, conv2d with a filter larger than the image", () => tf.conv2d(image(), tf.zeros([9, 11, 1, 1]) as tf.Tensor4D, 1, "valid")),
  gives("mergeDetections, scoreRule avg", "documented: may exceed 1, as in ensemble-boxes", () => {
    const twice = [
      { box, label: 1, score: 1 },
      { box, label: 1, score: 1 },
    ];
    return Math.abs(mergeDetections([twice, []], { scoreRule: "avg", weights: [2, 1] })[0]!.score - 4 / 3) < 1e-12;
  }),
];
