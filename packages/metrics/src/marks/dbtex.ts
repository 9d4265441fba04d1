import { type Box, boxCenter, requireKnownKeys } from "@mammo/mammogram";
import { rangeError } from "../cases/checkCases.ts";
import { bestMarks, checkFrocImages, type FrocImage } from "./frocCurve.ts";
import { type HitRule, ofBoxes } from "./hitRules.ts";

/** A box in a tomosynthesis volume. */
export interface VolumeBox extends Box {
  /** Its middle slice; may be a half. */
  readonly slice: number;
}

/**
 * DBTex's rule for a volume of so many slices: a hit when the centers in the image are no further apart than half the diagonal of the true box or `pixels`
 * (100), whichever is more, and the slices no further than a quarter of the volume. The nearest lesion counts, slices and pixels taken alike.
 *
 * Re-implementation of the official evaluation (`duke_dbt_data.py` of mazurowski-lab/duke-dbt-data).
 *
 * @throws RangeError for slices below 1 and negative pixels.
 * @example matchMarks(marks, truths, dbtexRule({ slices: 64 }));
 */
export function dbtexRule(options: { readonly slices: number; readonly pixels?: number }): HitRule<VolumeBox> {
  requireKnownKeys("dbtexRule", options, { slices: true, pixels: true });
  const { slices, pixels = 100 } = options;
  if (!(slices >= 1)) throw rangeError("slices >= 1", slices);
  if (!(pixels >= 0)) throw rangeError("pixels >= 0", pixels);
  return ofBoxes((mark, truth) => {
    for (const [name, { slice }] of [
      ["mark", mark],
      ["truth", truth],
    ] as const)
      if (!Number.isFinite(slice)) throw rangeError(`the slice of ${name} to be a finite number`, slice);
    const [from, to] = [boxCenter(mark), boxCenter(truth)];
    const aside = Math.hypot(from[0] - to[0], from[1] - to[1]);
    const deep = Math.abs(mark.slice - truth.slice);
    const reach = Math.max(Math.hypot(truth.bottom - truth.top, truth.right - truth.left) / 2, pixels);
    return aside <= reach && deep <= slices / 4 ? 1 / (1 + Math.hypot(aside, deep)) : 0;
  });
}

/** What the official evaluation of DBTex prints. */
export interface DbtexScore {
  /** Lesion sensitivity at 2 false marks a volume, of all volumes. */
  readonly sensitivityAt2All: number;
  /** At 1, 2, 3 and 4 false marks a volume, of the volumes with a lesion. */
  readonly sensitivityPositive: readonly [number, number, number, number];
  /** Their mean: the score of the challenge. */
  readonly meanSensitivityPositive: number;
}

/**
 * The score of the DBTex challenge (SPIE-AAPM-NCI), one image a volume: sensitivities between thresholds by linear interpolation, where thresholds are the
 * scores of marks that hit; volumes without a lesion count in the first number only.
 *
 * NaN without a lesion. Re-implementation of `duke_dbt_data.evaluate`. For the stair of all thresholds see `frocCurve`.
 *
 * @throws RangeError as `frocCurve` does.
 * @example dbtexScore(volumes.map(({ marks, truths, slices }) => matchMarks(marks, truths, dbtexRule({ slices })))).meanSensitivityPositive;
 */
export function dbtexScore(volumes: readonly FrocImage[]): DbtexScore {
  checkFrocImages(volumes);
  const positive = volumes.filter(({ truths }) => truths > 0);
  const thresholds = Float64Array.from(
    positive.flatMap(({ marks }) => marks.filter(({ truth }) => truth >= 0)),
    ({ score }) => score,
  )
    .sort()
    .reverse();
  const sensitivityPositive = interpolated(positive, thresholds, [1, 2, 3, 4]) as [number, number, number, number];
  return {
    sensitivityAt2All: interpolated(volumes, thresholds, [2])[0]!,
    sensitivityPositive,
    meanSensitivityPositive: sensitivityPositive.reduce((sum, value) => sum + value, 0) / 4,
  };
}

/** Sensitivity at each number of false marks a volume, on straight lines between the thresholds, the beginning and the end. */
function interpolated(volumes: readonly FrocImage[], thresholds: Float64Array, rates: readonly number[]): number[] {
  const hits = volumes.flatMap((volume) => bestMarks(volume).filter((score) => score > -Infinity));
  const falseMarks = volumes.flatMap(({ marks }) => marks.filter(({ truth }) => truth === -1).map(({ score }) => score));
  const lesions = volumes.reduce((sum, { truths }) => sum + truths, 0);
  const [hitsFrom, falseFrom] = [countFrom(hits), countFrom(falseMarks)];
  const points = [Infinity, ...thresholds, -Infinity].map((threshold) => ({
    x: falseFrom(threshold) / volumes.length,
    y: hitsFrom(threshold) / lesions,
  }));
  return rates.map((rate) => {
    // The last of the points at a rate is the highest: the top of an upright line.
    const after = points.findIndex(({ x }) => x > rate);
    const [from, to] = [points.at(after < 0 ? -1 : after - 1)!, points.at(after)!];
    return after < 0 || from.x === rate ? from.y : from.y + ((to.y - from.y) / (to.x - from.x)) * (rate - from.x);
  });
}

/** A function from a threshold, which may only fall, to how many scores reach it. */
function countFrom(scores: readonly number[]): (threshold: number) => number {
  const falling = Float64Array.from(scores).sort().reverse();
  let k = 0;
  return (threshold) => {
    while (falling[k]! >= threshold) k++;
    return k;
  };
}
