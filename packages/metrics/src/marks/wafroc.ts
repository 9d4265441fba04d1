import { rangeError } from "../cases/checkCases.ts";
import { bestMarks, checkFrocImages, type FrocImage } from "./frocCurve.ts";

/**
 * Area under the weighted alternative FROC curve (Chakraborty and Zhai 2016): the chance that a lesion's mark beats the highest false mark
 * on an image without lesion, ties one half; lesions of one image share a weight of 1, so that images count alike. In [0, 1].
 *
 * An unmarked lesion and an unmarked normal image stand at -Infinity. `weights` gives each lesion of an image its share (sum 1); default equal.
 * NaN without an image with lesions or without one free of them.
 *
 * @throws RangeError as `frocCurve` does, and for weights of another length.
 */
export function wafrocArea(images: readonly (FrocImage & { readonly weights?: readonly number[] })[]): number {
  checkFrocImages(images);
  for (const [i, { weights, truths }] of images.entries()) {
    if (
      weights !== undefined &&
      !(weights.length === truths && weights.every((w) => w >= 0) && Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-9)
    )
      throw rangeError(`images[${i}].weights to be ${truths} weights >= 0 with sum 1`, JSON.stringify(weights));
  }
  const normals = Float64Array.from(
    images.filter(({ truths }) => truths === 0),
    ({ marks }) => marks.reduce((best, { score }) => Math.max(best, score), -Infinity),
  ).sort();
  const diseased = images.filter(({ truths }) => truths > 0);
  let won = 0;
  for (const image of diseased)
    for (const [k, score] of bestMarks(image).entries())
      won += (image.weights?.[k] ?? 1 / image.truths) * ((countBelow(normals, score, false) + countBelow(normals, score, true)) / 2);
  return won / (diseased.length * normals.length);
}

/** How many of the sorted values are below `value`, or at most it. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
