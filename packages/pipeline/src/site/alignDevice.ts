import type { RankReference } from "@mammo/ensemble";
import { keyedRandom, quantile, requireKnownKeys, sortedNumbers } from "@mammo/mammogram";
import { PipelineError } from "../pipelineError.ts";

/** Scores of a device to those of the reference device: straight lines between knots, parallel to their overall slope beyond. Plain JSON. */
export interface DeviceAlignment {
  readonly kind: "device alignment";
  /** Which device and software version it is for; whatever the caller calls it. */
  readonly device: string;
  /** Rising scores of the device, and what they become. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** 95 % band of `to` under resampling of the device's exams. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Unlabeled exams that it was made from. */
  readonly exams: number;
  /** SHA-256 of the reference set. */
  readonly reference: string;
}

/** How a device is aligned. */
export interface AlignOptions {
  readonly device: string;
  readonly seed: number;
  /** Fewer exams are refused; default 250. */
  readonly minExams?: number;
  /** For the band; default 200. */
  readonly resamples?: number;
}

/** Quantiles that are brought onto those of the reference: dense where thresholds lie. */
const levels = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99];

/**
 * Aligns a device without labels: its score quantiles are brought onto those of the frozen reference, so that a threshold keeps its recall rate.
 *
 * scores: one for each exam of that device, uncalibrated logits best, from women like the reference's. A site with other women looks like another device: their
 * truly higher scores are brought down too. Prevalence must be alike.
 *
 * Source: re-implementation of unsupervised prediction alignment (Roschewitz et al., Nature Communications 2023): piecewise linear, by quantiles.
 *
 * @throws PipelineError `few-exams` below `minExams`; RangeError for scores that are not finite, scores that are nearly all equal, resamples < 1.
 * @example const alignment = alignDevice(logits, reference, { device: "maker model software", seed: 1 });
 */
export function alignDevice(scores: ArrayLike<number>, reference: RankReference, options: AlignOptions): DeviceAlignment {
  requireKnownKeys("alignDevice", options, { device: true, seed: true, minExams: true, resamples: true });
  const { device, seed, minExams = 250, resamples = 200 } = options;
  for (let i = 0; i < scores.length; i++) if (!Number.isFinite(scores[i])) throw new RangeError(`Expected finite scores, got ${scores[i]} at ${i}`);
  if (!(Number.isInteger(resamples) && resamples >= 1)) throw new RangeError(`Expected resamples to be a whole number >= 1, got ${resamples}`);
  if (scores.length < minExams)
    throw new PipelineError("few-exams", `Expected at least ${minExams} exams of a device to align it, got ${scores.length}`);
  const knots = knotsOf(sortedNumbers(scores), reference);
  if (knots.length < 2) throw new RangeError("Expected scores of a device that differ, got nearly all equal");
  const from = knots.map(({ from }) => from);
  const to = knots.map(({ to }) => to);
  const random = keyedRandom(seed, "align device");
  const bands: number[][] = from.map(() => []);
  for (let r = 0; r < resamples; r++) {
    const sample = sortedNumbers(Float64Array.from(scores, () => scores[random.below(scores.length)]!));
    const again = knotsOf(sample, reference);
    if (again.length < 2) continue;
    const map = { from: again.map((knot) => knot.from), to: again.map((knot) => knot.to) };
    for (const [k, score] of from.entries()) bands[k]!.push(alignScore(map, score));
  }
  const end = (share: number) => bands.map((band, k) => (band.length > 0 ? quantile(sortedNumbers(band), share) : to[k]!));
  return { kind: "device alignment", device, from, to, low: end(0.025), high: end(0.975), exams: scores.length, reference: reference.sha256 };
}

/**
 * A score of the aligned device as the reference device would have given it. Never falls.
 *
 * @throws RangeError for NaN, and a map without two rising knots.
 * @example const aligned = alignScore(alignment, logit);
 */
export function alignScore({ from, to }: Pick<DeviceAlignment, "from" | "to">, score: number): number {
  if (Number.isNaN(score)) throw new RangeError("Expected a score, got NaN");
  const last = from.length - 1;
  if (last < 1 || to.length !== from.length || !(from[last]! > from[0]!))
    throw new RangeError(`Expected at least two rising knots, got ${from.length}`);
  const slope = (to[last]! - to[0]!) / (from[last]! - from[0]!);
  if (score <= from[0]!) return to[0]! + slope * (score - from[0]!);
  if (score >= from[last]!) return to[last]! + slope * (score - from[last]!);
  const above = from.findIndex((knot) => knot > score);
  const share = (score - from[above - 1]!) / (from[above]! - from[above - 1]!);
  return to[above - 1]! + share * (to[above]! - to[above - 1]!);
}

/** Quantiles of both sides; of levels with one score on the device only the middle one counts. */
function knotsOf(sorted: Float64Array, { scores: reference }: RankReference): readonly { readonly from: number; readonly to: number }[] {
  const all = levels.map((level) => ({ from: quantile(sorted, level), to: quantile(reference, level) }));
  const groups = new Map<number, number[]>();
  for (const { from, to } of all) groups.set(from, [...(groups.get(from) ?? []), to]);
  return [...groups].map(([from, tos]) => ({ from, to: tos[tos.length >> 1]! }));
}
