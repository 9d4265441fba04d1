/** Neighboring groups that share one value. */
export interface IsotonicBlock {
  /** The group behind the last one of the block: blocks follow each other without gaps. */
  readonly end: number;
  /** Sum over weight of its groups; 0 where nothing weighs anything. */
  readonly mean: number;
}

/**
 * The never-falling values nearest to the means of groups in order (weighted least squares), as blocks of equal value. Re-implementation of pool
 * adjacent violators (Ayer et al. 1955).
 *
 * sums and weights: one of each for a group (its positives and its cases, say); weights >= 0. A block without weight joins the one before.
 *
 * @example poolAdjacentViolators([0, 1, 0, 1], [1, 1, 1, 1]); // means 0, 0.5, 1 with ends 1, 3, 4
 */
export function poolAdjacentViolators(sums: ArrayLike<number>, weights: ArrayLike<number>): readonly IsotonicBlock[] {
  const blocks: { readonly end: number; readonly sum: number; readonly weight: number }[] = [];
  for (let group = 0; group < sums.length; group++) {
    let [sum, weight] = [sums[group]!, weights[group]!];
    // Compared as products, which needs no quotient of 0 and 0.
    for (let before = blocks.at(-1); before && before.sum * weight >= sum * before.weight; before = blocks.at(-1)) {
      sum += before.sum;
      weight += before.weight;
      blocks.pop();
    }
    blocks.push({ end: group + 1, sum, weight });
  }
  return blocks.map(({ end, sum, weight }) => ({ end, mean: weight === 0 ? 0 : sum / weight }));
}
