import { sortOrder } from "@mammo/mammogram";
import { checkFinite, type Numbers } from "./checkCases.ts";

/**
 * Rank of each value from 1, the lowest, to their number; tied values share the mean of their ranks. As `rank` of R and `rankdata` of SciPy.
 *
 * Scores on different scales can be compared and averaged by their ranks. -0 ties with 0.
 *
 * @throws RangeError for NaN or infinite values, TypeError for what is no list.
 * @example ranks([0.3, 0.1, 0.3]); // 2.5, 1, 2.5
 */
export function ranks(values: Numbers): Float64Array {
  checkFinite(values, values?.length, "values");
  const { order, sorted } = sortOrder(values);
  const found = new Float64Array(values.length);
  for (let k = 0; k < order.length; ) {
    const start = k;
    while (k < order.length && sorted[k] === sorted[start]) k++;
    for (let j = start; j < k; j++) found[order[j]!] = (start + k + 1) / 2;
  }
  return found;
}
