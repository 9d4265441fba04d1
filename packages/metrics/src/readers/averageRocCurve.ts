import { rangeError } from "../cases/checkCases.ts";
import type { RocCurve } from "../roc/rocCurve.ts";

/**
 * The mean of several readers' curves: mean sensitivity at each false positive rate ("vertical"), as falsePositiveRate and truePositiveRate.
 *
 * At each step of a curve both ends are kept, so the area under the average is the average of the areas (Chen and Samuelson 2014).
 *
 * @throws RangeError for no curve and for a curve of one class only.
 */
export function averageRocCurve(curves: readonly RocCurve[]): Pick<RocCurve, "falsePositiveRate" | "truePositiveRate"> {
  if (curves.length === 0) throw rangeError("at least one curve", "none");
  if (curves.some(({ falsePositiveRate: f, truePositiveRate: t }) => Number.isNaN(f.at(-1)! + t.at(-1)!)))
    throw rangeError("curves of both classes", "one of one class only");
  const rates = Float64Array.from(new Set(curves.flatMap(({ falsePositiveRate }) => Array.from(falsePositiveRate)))).sort();
  const sums = new Float64Array(2 * rates.length);
  for (const curve of curves) addEnds(sums, rates, curve);
  return {
    falsePositiveRate: Float64Array.from({ length: sums.length }, (_, i) => rates[i >> 1]!),
    truePositiveRate: sums.map((sum) => sum / curves.length),
  };
}

/** Adds the sensitivity on arriving at each rate (even places) and on leaving it (odd places). */
function addEnds(sums: Float64Array, rates: Float64Array, { falsePositiveRate: f, truePositiveRate: t }: RocCurve): void {
  for (let k = 0, i = 0; k < rates.length; k++) {
    const x = rates[k]!;
    while (f[i]! < x) i++;
    const arriving = i === 0 ? t[0]! : f[i] === x ? t[i]! : t[i - 1]! + ((x - f[i - 1]!) / (f[i]! - f[i - 1]!)) * (t[i]! - t[i - 1]!);
    let leaving = arriving;
    for (let j = i; f[j] === x; j++) leaving = t[j]!;
    sums[2 * k]! += arriving;
    sums[2 * k + 1]! += leaving;
  }
}
