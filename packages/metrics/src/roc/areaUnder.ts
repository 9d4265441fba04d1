import { requireKnownKeys } from "@mammo/mammogram";
import { rangeError } from "../cases/checkCases.ts";
import type { RocCurve } from "./rocCurve.ts";

/** Which part of the ROC plane an area covers: a range of specificity (vertical strip) or of sensitivity (horizontal strip). */
export type RocPart =
  | { readonly maxFalsePositiveRate: number }
  | { readonly minTruePositiveRate: number }
  | { readonly specificity: readonly [low: number, high: number] }
  | { readonly sensitivity: readonly [low: number, high: number] };

/** Which of a partial area's two conventions to give. */
export interface PartialAreaOptions {
  /** True: the bare area. False (default): standardized after McClish (1989), 0.5 is chance and 1 perfect. */
  readonly raw?: boolean;
}

/** Area under a whole ROC curve by trapezoids; equals `auroc` of the cases that it was made from. */
export function areaUnder(curve: RocCurve): number {
  return integral(curve.falsePositiveRate, curve.truePositiveRate, 0, 1);
}

/**
 * Area over part of a ROC curve that is there already; see `partialAuroc`.
 *
 * @example partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true }); // the challenge's: 0.02 is chance, 0.2 perfect
 */
export function partialAreaUnder(curve: RocCurve, part: RocPart, options: PartialAreaOptions = {}): number {
  requireKnownKeys("partialAreaUnder", options, { raw: true });
  const { raw = false } = options;
  const { along, low, high } = strip(part);
  const [x, y] = along === "specificity" ? [curve.falsePositiveRate, curve.truePositiveRate] : [curve.truePositiveRate, curve.falsePositiveRate];
  const under = integral(x, y, low, high);
  const full = high - low;
  const chanceUnder = (high * high - low * low) / 2;
  const [area, chance] = along === "specificity" ? [under, chanceUnder] : [full - under, full - chanceUnder];
  return raw ? area : (1 + (area - chance) / (full - chance)) / 2;
}

/** The strip in coordinates of the curve: false positive rates for `specificity`, true positive rates for `sensitivity`. */
function strip(part: RocPart): { readonly along: "specificity" | "sensitivity"; readonly low: number; readonly high: number } {
  if (typeof part !== "object" || part === null)
    throw new TypeError(`Expected part to be a range of specificity or sensitivity, got ${String(part)}`);
  if ("maxFalsePositiveRate" in part) {
    if (!(part.maxFalsePositiveRate > 0 && part.maxFalsePositiveRate <= 1))
      throw rangeError("maxFalsePositiveRate in (0, 1]", part.maxFalsePositiveRate);
    return { along: "specificity", low: 0, high: part.maxFalsePositiveRate };
  }
  if ("minTruePositiveRate" in part) {
    if (!(part.minTruePositiveRate >= 0 && part.minTruePositiveRate < 1)) throw rangeError("minTruePositiveRate in [0, 1)", part.minTruePositiveRate);
    return { along: "sensitivity", low: part.minTruePositiveRate, high: 1 };
  }
  const along = "specificity" in part ? "specificity" : "sensitivity";
  const range = "specificity" in part ? part.specificity : part?.sensitivity;
  if (!(range?.length === 2 && range[0] >= 0 && range[0] < range[1] && range[1] <= 1))
    throw rangeError(`${along} to be [low, high] with 0 <= low < high <= 1`, JSON.stringify(range));
  const [low, high] = range;
  return along === "specificity" ? { along, low: 1 - high, high: 1 - low } : { along, low, high };
}

/** Integral of y over x in [low, high] along a polyline whose x never falls. */
function integral(x: Float64Array, y: Float64Array, low: number, high: number): number {
  if (Number.isNaN(x.at(-1)!) || Number.isNaN(y.at(-1)!)) return NaN;
  let area = 0;
  for (let i = 1; i < x.length; i++) {
    const [from, to] = [Math.max(low, x[i - 1]!), Math.min(high, x[i]!)];
    if (to <= from) continue;
    const slope = (y[i]! - y[i - 1]!) / (x[i]! - x[i - 1]!);
    area += (to - from) * (y[i - 1]! + slope * ((from + to) / 2 - x[i - 1]!));
  }
  return area;
}
