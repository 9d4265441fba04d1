import { requireKnownKeys } from "@mammo/mammogram";
import { checkCases, type Numbers, rangeError, type Weighted } from "../cases/checkCases.ts";
import type { RocCurve } from "./rocCurve.ts";

// Rates are quotients of counts: 0.8 asked for must find 4/5 whatever the last bit of either says.
const slack = 1e-12;

/**
 * Highest sensitivity of any threshold whose specificity is at least the given one ("step"), with its threshold.
 *
 * NaN for both when a class is absent.
 *
 * @throws RangeError for a specificity outside [0, 1].
 */
export function sensitivityAt(specificity: number, curve: RocCurve): { readonly sensitivity: number; readonly threshold: number } {
  const most = 1 - checkRate(specificity, "specificity") + slack;
  let best = 0;
  while (curve.falsePositiveRate[best + 1]! <= most) best++;
  // The first point of a level has the same sensitivity as the last one, and the better specificity.
  while (best > 0 && curve.truePositiveRate[best - 1] === curve.truePositiveRate[best]) best--;
  return absent(curve) ? { sensitivity: NaN, threshold: NaN } : { sensitivity: curve.truePositiveRate[best]!, threshold: curve.thresholds[best]! };
}

/**
 * Highest specificity of any threshold whose sensitivity is at least the given one ("step"), with its threshold.
 *
 * NaN for both when a class is absent.
 *
 * @throws RangeError for a sensitivity outside [0, 1].
 * @example specificityAt(0.8, rocCurve(labels, scores)); // the challenge's third score
 */
export function specificityAt(sensitivity: number, curve: RocCurve): { readonly specificity: number; readonly threshold: number } {
  const least = checkRate(sensitivity, "sensitivity") - slack;
  let best = 0;
  while (best < curve.truePositiveRate.length - 1 && !(curve.truePositiveRate[best]! >= least)) best++;
  return absent(curve)
    ? { specificity: NaN, threshold: NaN }
    : { specificity: 1 - curve.falsePositiveRate[best]!, threshold: curve.thresholds[best]! };
}

/**
 * Sensitivity at a specificity, on the straight line between two points of the curve: no threshold may reach it. On a vertical line, its top.
 *
 * @throws RangeError for a specificity outside [0, 1].
 */
export function interpolatedSensitivityAt(specificity: number, curve: RocCurve): number {
  const x = 1 - checkRate(specificity, "specificity");
  const { falsePositiveRate: f, truePositiveRate: t } = curve;
  if (absent(curve)) return NaN;
  let before = 0;
  while (f[before + 1]! <= x + slack) before++;
  if (before === f.length - 1 || f[before]! >= x - slack) return t[before]!;
  return t[before]! + ((x - f[before]!) / (f[before + 1]! - f[before]!)) * (t[before + 1]! - t[before]!);
}

/**
 * Specificity at a sensitivity, on the straight line between two points of the curve. On a level line, its left end.
 *
 * @throws RangeError for a sensitivity outside [0, 1].
 */
export function interpolatedSpecificityAt(sensitivity: number, curve: RocCurve): number {
  const y = checkRate(sensitivity, "sensitivity");
  const { falsePositiveRate: f, truePositiveRate: t } = curve;
  if (absent(curve)) return NaN;
  let after = 0;
  while (after < t.length - 1 && t[after]! < y - slack) after++;
  if (after === 0 || t[after]! <= y + slack) return 1 - f[after]!;
  return 1 - (f[after - 1]! + ((y - t[after - 1]!) / (t[after]! - t[after - 1]!)) * (f[after]! - f[after - 1]!));
}

/**
 * What calling every score >= threshold positive gives: sensitivity and specificity in [0, 1], NaN for an absent class.
 *
 * Infinity calls nobody positive.
 *
 * @throws RangeError for a NaN threshold, and as `rocCurve` does.
 */
export function operatingPoint(
  labels: Numbers,
  scores: Numbers,
  threshold: number,
  options: Weighted = {},
): { readonly sensitivity: number; readonly specificity: number } {
  requireKnownKeys("operatingPoint", options, { weights: true });
  const { weights } = options;
  checkCases(labels, scores, weights);
  if (Number.isNaN(threshold)) throw rangeError("threshold to be a number", threshold);
  const sums = [0, 0];
  const right = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    const label = labels[i]!;
    sums[label]! += weight;
    if (scores[i]! >= threshold === (label === 1)) right[label]! += weight;
  }
  return { sensitivity: right[1]! / sums[1]!, specificity: right[0]! / sums[0]! };
}

function absent(curve: RocCurve): boolean {
  return Number.isNaN(curve.falsePositiveRate.at(-1)! + curve.truePositiveRate.at(-1)!);
}

function checkRate(rate: number, name: string): number {
  if (!(rate >= 0 && rate <= 1)) throw rangeError(`${name} in [0, 1]`, rate);
  return rate;
}
