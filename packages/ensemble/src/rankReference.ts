import { requireKnownKeys, sortedNumbers } from "@mammo/mammogram";

/** A member's scores of a reference set, frozen: what a new score is ranked against. Plain JSON. */
export interface RankReference {
  readonly kind: "rank reference";
  /** Rising; quantiles at equal steps from the lowest to the highest. */
  readonly scores: readonly number[];
  /** SHA-256 of the set's manifest, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly cases: number;
}

/**
 * Freezes a member's scores of a reference set, so that ranks of new cases do not depend on what else is in their batch.
 *
 * scores: finite, at least ten; of more than `knots` (default 1001) only that many quantiles are kept.
 *
 * Source: ours.
 *
 * @throws RangeError for fewer than ten scores, scores that are not finite, knots that are no whole number >= 2, a hash that is not 64 hexadecimal digits.
 * @example const reference = freezeRanks(logits, { sha256: cohort.sha256 });
 */
export function freezeRanks(scores: ArrayLike<number>, options: { readonly sha256: string; readonly knots?: number }): RankReference {
  requireKnownKeys("freezeRanks", options, { sha256: true, knots: true });
  const { sha256, knots = 1001 } = options;
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError(`Expected sha256 as 64 hexadecimal digits, got ${JSON.stringify(sha256)}`);
  if (!(Number.isInteger(knots) && knots >= 2)) throw new RangeError(`Expected knots to be a whole number >= 2, got ${knots}`);
  if (scores.length < 10) throw new RangeError(`Expected at least 10 reference scores, got ${scores.length}`);
  for (let i = 0; i < scores.length; i++) if (!Number.isFinite(scores[i])) throw new RangeError(`Expected finite scores, got ${scores[i]} at ${i}`);
  const sorted = sortedNumbers(scores);
  const kept = Math.min(knots, sorted.length);
  const frozen = Array.from({ length: kept }, (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (kept - 1))]!);
  return { kind: "rank reference", scores: frozen, sha256, cases: scores.length };
}

/**
 * A reference from elsewhere, such as JSON.
 *
 * @throws TypeError for what is none, RangeError for fewer than two scores, scores that are not finite or fall, fewer cases than ten, and a hash that is not 64 hexadecimal digits.
 */
export function parseRankReference(value: unknown): RankReference {
  const { kind, scores, sha256, cases } = (typeof value === "object" && value !== null ? value : {}) as Partial<RankReference>;
  if (kind !== "rank reference" || !Array.isArray(scores)) throw new TypeError("Expected a reference of kind rank reference, with scores");
  if (scores.length < 2) throw new RangeError(`Expected a reference of at least 2 scores, got ${scores.length}`);
  for (const [i, score] of scores.entries())
    if (!(Number.isFinite(score) && (i === 0 || score >= scores[i - 1]!)))
      throw new RangeError(`Expected finite scores of a reference that never fall, got ${score} at ${i}`);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    throw new RangeError(`Expected sha256 as 64 hexadecimal digits, got ${JSON.stringify(sha256)}`);
  if (!(Number.isSafeInteger(cases) && cases! >= 10)) throw new RangeError(`Expected a reference of at least 10 cases, got ${cases}`);
  return value as RankReference;
}

/**
 * A new score's place in the reference, in (0, 1): the share of it below, ties halved, with half a case beyond either end. Never falls.
 *
 * Members on different scales are comparable by it: average these, not the scores.
 *
 * @throws RangeError for NaN.
 * @example rankAgainst(reference, 1.3); // 0.93
 */
export function rankAgainst({ scores }: RankReference, score: number): number {
  if (Number.isNaN(score)) throw new RangeError("Expected a score, got NaN");
  const [below, atOrBelow] = [place(scores, score, false), place(scores, score, true)];
  return ((below + atOrBelow) / 2 + 0.5) / (scores.length + 1);
}

/** How many are below, or not above. */
function place(sorted: readonly number[], score: number, withEqual: boolean): number {
  let [first, end] = [0, sorted.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (sorted[middle]! < score || (withEqual && sorted[middle] === score)) first = middle + 1;
    else end = middle;
  }
  return first;
}
