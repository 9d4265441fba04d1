/** p-values of several comparisons, each as if it had been the only one, made to hold for all of them together (Holm 1979). */
export function holmAdjusted(ps: readonly number[]): number[] {
  const order = ps.map((_, k) => k).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted: number[] = [];
  let least = 0;
  for (const [rank, k] of order.entries()) adjusted[k] = least = Math.max(least, Math.min(1, (ps.length - rank) * ps[k]!));
  return adjusted;
}
