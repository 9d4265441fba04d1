import { type Numbers, rangeError } from "./checkCases.ts";

/** Which cluster (a woman, an exam, a case) each row belongs to: any names, equal names are one cluster. */
export type ClusterNames = ArrayLike<string | number>;

/** Rows' clusters as numbers 0 ... count - 1, in order of first appearance. */
export interface Clusters {
  readonly of: Int32Array;
  readonly count: number;
}

/**
 * Numbers the clusters; without names each row is its own.
 *
 * @throws RangeError for another number of names than rows.
 */
export function numberClusters(rows: number, names?: ClusterNames): Clusters {
  if (names === undefined) return { of: Int32Array.from({ length: rows }, (_, i) => i), count: rows };
  if (names.length !== rows) throw rangeError(`clusters to be as long as labels (${rows})`, names.length);
  const numbers = new Map<string | number, number>();
  const of = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const name = checkName(names[i], `clusters[${i}]`);
    // Rows of unknown women would else become one woman.
    if (name === "") throw rangeError(`clusters[${i}] to be a name`, '""');
    const number = numbers.get(name) ?? numbers.size;
    if (number === numbers.size) numbers.set(name, number);
    of[i] = number;
  }
  return { of, count: numbers.size };
}

/** @throws RangeError for what is neither a text nor a finite number. */
export function checkName(name: unknown, place: string): string | number {
  if (typeof name === "string" || Number.isFinite(name)) return name as string | number;
  throw rangeError(`${place} to be a text or a finite number`, name);
}

/** Clusters in the groups that are drawn from separately: all in one, or those with a positive row apart from those without. */
export function strataOf(clusters: Clusters, labels: Numbers, stratified: boolean): readonly Int32Array[] {
  const positive = new Uint8Array(clusters.count);
  if (stratified) for (let i = 0; i < labels.length; i++) if (labels[i] === 1) positive[clusters.of[i]!] = 1;
  const all = Int32Array.from({ length: clusters.count }, (_, i) => i);
  return [all.filter((i) => positive[i] === 0), all.filter((i) => positive[i] === 1)].filter((stratum) => stratum.length > 0);
}
