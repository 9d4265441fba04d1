import { checkLabels, type Numbers, rangeError } from "./checkCases.ts";

/**
 * Weights that give an enriched set the prevalence of screening (the DREAM set: 0.0035): positives share `prevalence`, negatives the rest,
 * all together weigh as many as there are cases. AUROC does not change by them; recall rate, PPV and calibration do.
 *
 * @throws RangeError for labels outside 0/1, a prevalence outside (0, 1), and when a class is absent.
 * @example screeningAudit({ labels, recalled, weights: prevalenceWeights(labels, 0.0035) });
 */
export function prevalenceWeights(labels: Numbers, prevalence: number): Float64Array {
  checkLabels(labels);
  if (!(prevalence > 0 && prevalence < 1)) throw rangeError("prevalence in (0, 1)", prevalence);
  const n = labels.length;
  let positives = 0;
  for (let i = 0; i < n; i++) positives += labels[i]!;
  if (positives === 0 || positives === n) throw rangeError("labels of both classes", `${positives} positive of ${n}`);
  return Float64Array.from({ length: n }, (_, i) => (labels[i] === 1 ? (prevalence * n) / positives : ((1 - prevalence) * n) / (n - positives)));
}
