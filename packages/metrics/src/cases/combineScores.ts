import { checkArray, checkFinite, type Numbers, rangeError } from "./checkCases.ts";

/**
 * Weighted mean of several scores of the same cases, such as a radiologist's probability and a model's; equal weights by default.
 *
 * @throws RangeError for no list, different lengths, NaN or infinite scores, and for weights that are negative, sum to 0 or are not one a list.
 * @example combineScores([reader, model]); // each case: (reader + model) / 2
 */
export function combineScores(lists: readonly Numbers[], given?: readonly number[]): Float64Array {
  checkArray(lists, "lists");
  const weights = given ?? lists.map(() => 1);
  const length = lists[0]?.length ?? 0;
  if (length === 0) throw rangeError("at least one list with at least one score", "none");
  for (const [k, list] of lists.entries()) checkFinite(list, length, `lists[${k}]`);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length !== lists.length || !(total > 0 && total < Infinity) || weights.some((weight) => weight < 0))
    throw rangeError(`${lists.length} weights >= 0 with a sum above 0`, JSON.stringify(weights));
  return Float64Array.from({ length }, (_, i) => lists.reduce((sum, list, k) => sum + weights[k]! * list[i]!, 0) / total);
}
