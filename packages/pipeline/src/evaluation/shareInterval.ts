// 0.975 quantile of the normal distribution.
const z = 1.959963984540054;

/** A share with its 95 % interval. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Share of positives with Wilson's interval (1927), of as many independent cases as the clusters are worth: their number divided by the design effect of the clusters' totals
 * (Kish 1965, not below 1), as Korn and Graubard (1998) do with the exact interval.
 *
 * `labels`: 0 or 1, at least one; `clusters`: whose each is.
 */
export function shareInterval(labels: ArrayLike<number>, clusters: ArrayLike<number>): Share {
  const n = labels.length;
  let events = 0;
  for (let i = 0; i < n; i++) events += labels[i]!;
  const share = events / n;
  const residuals = new Map<number, number>();
  for (let i = 0; i < n; i++) residuals.set(clusters[i]!, (residuals.get(clusters[i]!) ?? 0) + labels[i]! - share);
  let squares = 0;
  for (const residual of residuals.values()) squares += residual * residual;
  const spread = share * (1 - share);
  // 1 where each case is its own cluster, but for rounding.
  const effect = spread === 0 ? n / residuals.size : Math.max(1, squares / (n * spread));
  const worth = n / effect;
  const center = (share + (z * z) / (2 * worth)) / (1 + (z * z) / worth);
  const half = (z * Math.sqrt(spread / worth + (z * z) / (4 * worth * worth))) / (1 + (z * z) / worth);
  return { share, low: events === 0 ? 0 : center - half, high: events === n ? 1 : center + half };
}
