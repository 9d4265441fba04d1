import { type Box, requireExtent } from "@mammo/mammogram";
import { checkArray, rangeError } from "../cases/checkCases.ts";
import type { HitRule } from "./hitRules.ts";

/** One mark on an image: how suspicious, and which true lesion it hits: its index, or -1 for a false mark. */
export interface FrocMark {
  readonly score: number;
  readonly truth: number;
}

/** An image (or breast, or exam) with `truths` lesions and the marks on it. */
export interface FrocImage {
  readonly truths: number;
  readonly marks: readonly FrocMark[];
}

/** Free-response curve: three lists of equal length. */
export interface FrocCurve {
  readonly falseMarksPerImage: Float64Array;
  /** Share of lesions hit. */
  readonly sensitivity: Float64Array;
  /** Falling; the first is Infinity. */
  readonly thresholds: Float64Array;
}

/**
 * Assigns boxes to lesions: each mark to the lesion that it hits best.
 *
 * @throws RangeError for a NaN or infinite score and for a box without extent, naming it.
 */
export function matchMarks<B extends Box>(
  marks: readonly { readonly box: B; readonly score: number }[],
  truths: readonly B[],
  rule: HitRule<B>,
): FrocImage {
  checkArray(marks, "marks");
  checkArray(truths, "truths");
  for (const [k, truth] of truths.entries()) requireExtent(truth, `truths[${k}]`);
  return {
    truths: truths.length,
    marks: marks.map(({ box, score }, m) => {
      requireExtent(box, `marks[${m}].box`);
      if (!Number.isFinite(score)) throw rangeError(`marks[${m}].score to be a finite number`, score);
      const strength = truths.map((truth) => rule(box, truth));
      const best = strength.reduce((place, value, k) => (value > 0 && value > (strength[place] ?? 0) ? k : place), -1);
      return { score, truth: best };
    }),
  };
}

/**
 * Lesion sensitivity against false marks per image, one point for each distinct score, and (0, 0).
 *
 * A lesion counts once, with its highest mark; further marks on it are neither hits nor false. Sensitivity is NaN without a lesion.
 *
 * @throws RangeError for no image, NaN or infinite scores, and a `truth` that is no lesion of its image.
 */
export function frocCurve(images: readonly FrocImage[]): FrocCurve {
  const { lesions, hits, falseMarks } = rated(images);
  const thresholds = Float64Array.from(new Set([...hits, ...falseMarks]))
    .sort()
    .reverse();
  const reach = (scores: readonly number[]) => {
    const falling = Float64Array.from(scores).sort().reverse();
    let k = 0;
    return Float64Array.from(thresholds, (threshold) => {
      while (falling[k]! >= threshold) k++;
      return k;
    });
  };
  const withStart = (values: Float64Array, start: number) => Float64Array.from([start, ...values]);
  return {
    falseMarksPerImage: withStart(reach(falseMarks), 0).map((count) => count / images.length),
    sensitivity: withStart(reach(hits), 0).map((count) => count / lesions),
    thresholds: withStart(thresholds, Infinity),
  };
}

/**
 * Highest lesion sensitivity with at most this many false marks per image ("step").
 *
 * @throws RangeError unless >= 0.
 */
export function frocSensitivityAt(falseMarksPerImage: number, curve: FrocCurve): number {
  if (!(falseMarksPerImage >= 0)) throw rangeError("falseMarksPerImage >= 0", falseMarksPerImage);
  let best = 0;
  while (curve.falseMarksPerImage[best + 1]! <= falseMarksPerImage + 1e-12) best++;
  return curve.sensitivity[best]!;
}

/** Mean of the sensitivities at some numbers of false marks per image, by steps; default 1, 2, 3 and 4. DBTex's own score is `dbtexScore`. */
export function frocScore(curve: FrocCurve, rates: readonly number[] = [1, 2, 3, 4]): number {
  return rates.reduce((sum, rate) => sum + frocSensitivityAt(rate, curve), 0) / rates.length;
}

/** Checks the images; gives the best mark of each lesion hit, and all false marks. */
function rated(images: readonly FrocImage[]): { readonly lesions: number; readonly hits: readonly number[]; readonly falseMarks: readonly number[] } {
  checkFrocImages(images);
  let lesions = 0;
  const [hits, falseMarks]: [number[], number[]] = [[], []];
  for (const image of images) {
    lesions += image.truths;
    for (const score of bestMarks(image)) if (score > -Infinity) hits.push(score);
    for (const { score, truth } of image.marks) if (truth === -1) falseMarks.push(score);
  }
  return { lesions, hits, falseMarks };
}

/** Highest mark of each lesion; -Infinity for a lesion without. */
export function bestMarks({ truths, marks }: FrocImage): number[] {
  const best = new Array<number>(truths).fill(-Infinity);
  for (const { score, truth } of marks) if (truth >= 0) best[truth] = Math.max(best[truth]!, score);
  return best;
}

/** @throws RangeError for no image, else naming the image and mark that is not as it should be. */
export function checkFrocImages(images: readonly FrocImage[]): void {
  checkArray(images, "images");
  if (images.length === 0) throw rangeError("at least one image", "none");
  for (const [i, image] of images.entries()) checkFrocImage(image, i);
}

function checkFrocImage({ truths, marks }: FrocImage, image: number): void {
  if (!(Number.isInteger(truths) && truths >= 0)) throw rangeError(`images[${image}].truths to be a whole number >= 0`, truths);
  for (const [m, { score, truth }] of marks.entries()) {
    if (!Number.isFinite(score)) throw rangeError(`images[${image}].marks[${m}].score to be a finite number`, score);
    if (!(Number.isInteger(truth) && truth >= -1 && truth < truths))
      throw rangeError(`images[${image}].marks[${m}].truth to be -1 or a lesion below ${truths}`, truth);
  }
}
