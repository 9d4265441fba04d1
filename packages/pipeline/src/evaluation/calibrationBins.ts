import { sortOrder } from "@mammo/mammogram";
import { calibrationCurve } from "@mammo/metrics";
import { shareInterval } from "./shareInterval.ts";

/** A bin of probabilities of about the same size. */
export interface CalibratedBin {
  readonly cases: number;
  readonly positives: number;
  /** Mean probability. */
  readonly predicted: number;
  /** Share of positives, and its 95 % interval. */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

/** Ten bins of equal mass, equal probabilities together, each with the interval of what was observed; cases of one cluster count as far as they tell more than one. */
export function calibrationBins(labels: readonly number[], probabilities: readonly number[], clusters: ArrayLike<number>): readonly CalibratedBin[] {
  const { order } = sortOrder(probabilities);
  let end = 0;
  return calibrationCurve(labels, probabilities, { bins: 10, strategy: "quantile" }).map(({ predicted, observed, count }) => {
    const members = order.subarray(end, (end += count));
    const own = (values: ArrayLike<number>) => Int32Array.from(members, (i) => values[i]!);
    const { low, high } = shareInterval(own(labels), own(clusters));
    return { cases: count, positives: Math.round(observed * count), predicted, observed, low, high };
  });
}
