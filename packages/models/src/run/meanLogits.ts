/**
 * Several looks at the same images -> the mean of their logits, number by number. Each look runs alone, so memory is that of one.
 */
export async function meanLogits(runs: readonly (() => Promise<Float32Array>)[]): Promise<Float32Array> {
  const sum: Float32Array[] = [];
  for (const run of runs) sum.push(await run());
  return sum[0]!.map((_, at) => sum.reduce((total, one) => total + one[at]!, 0) / sum.length);
}

/** The probability of a logit. */
export const probabilityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));
