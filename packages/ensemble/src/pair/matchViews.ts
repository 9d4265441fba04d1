import { requireKnownKeys } from "@mammo/mammogram";
import { assign } from "../assign.ts";
import { sigmoid } from "../logit.ts";
import type { PlacedFinding } from "./pairFeatures.ts";
import { type PairModel, pairLogOdds, parsePairModel, startingPairModel } from "./pairModel.ts";

/** Two findings that are taken for one lesion, as places in the two lists. */
export interface ViewPair {
  readonly a: number;
  readonly b: number;
  /** That they are one lesion, in [0, 1]. */
  readonly probability: number;
}

/** Why nothing was paired: landmarks of a view are not trusted; the posterior nipple lines differ by more than a centimeter, so that one view is poorly positioned or a landmark wrong. */
export type PairRefusal = "landmarks" | "posterior nipple lines";

/** Pairs, and what is seen in one view only. */
export interface MatchedViews {
  readonly pairs: readonly ViewPair[];
  readonly aloneA: readonly number[];
  readonly aloneB: readonly number[];
  /** Absent where pairing went ahead. */
  readonly refused?: PairRefusal;
}

/** When two findings may be one lesion. */
export interface MatchOptions {
  readonly model?: PairModel;
  /** How far the posterior nipple lines of the two views may differ, mm; default 10. Infinity: not looked at (left and right breast, say). */
  readonly maxPnlDifference?: number;
}

/**
 * Findings of two views of a breast (CC and oblique; now and a year ago) to pairs: the assignment of most log odds in all, with "seen in one view only" as the
 * other choice of each finding. No finding is used twice.
 *
 * Where landmarks are not trusted distances mean nothing: every finding stays alone and `refused` says why.
 *
 * Source: ours; that posterior nipple lines agree within 1 cm is documented (ACR mammography quality manual).
 *
 * @throws RangeError for maxPnlDifference < 0, probabilities outside [0, 1], and what `parsePairModel` and `pairFeatures` refuse.
 * @example const { pairs } = matchViews(ccFindings, mloFindings, { model });
 */
export function matchViews(a: readonly PlacedFinding[], b: readonly PlacedFinding[], options: MatchOptions = {}): MatchedViews {
  requireKnownKeys("matchViews", options, { model: true, maxPnlDifference: true });
  const { model = startingPairModel, maxPnlDifference = 10 } = options;
  parsePairModel(model);
  if (!(maxPnlDifference >= 0)) throw new RangeError(`Expected maxPnlDifference >= 0, got ${maxPnlDifference}`);
  for (const { probability } of [...a, ...b])
    if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected probabilities in [0, 1], got ${probability}`);
  const refused = refusalOf(a, b, maxPnlDifference);
  const logOdds = a.map((one) => b.map((other) => (refused ? -Infinity : pairLogOdds(model, one, other))));
  const pairs = a.length === 0 || b.length === 0 || refused ? [] : best(logOdds, model);
  const [inA, inB] = [new Set(pairs.map((pair) => pair.a)), new Set(pairs.map((pair) => pair.b))];
  return {
    pairs,
    aloneA: a.flatMap((_, i) => (inA.has(i) ? [] : [i])),
    aloneB: b.flatMap((_, j) => (inB.has(j) ? [] : [j])),
    ...(refused ? { refused } : {}),
  };
}

function refusalOf(a: readonly PlacedFinding[], b: readonly PlacedFinding[], maxPnlDifference: number): PairRefusal | undefined {
  if ([...a, ...b].some(({ place }) => !place.trusted)) return "landmarks";
  const [first, second] = [a[0]?.place.pnlLength, b[0]?.place.pnlLength];
  if (first !== undefined && second !== undefined && Math.abs(first - second) > maxPnlDifference) return "posterior nipple lines";
  return undefined;
}

/** Behind b's columns each row has one of its own at cost 0, "seen in one view only": a pair is taken only where its log odds are above what leaving both alone is worth. */
function best(
  logOdds: readonly (readonly number[])[],
  { alone = 0, taken: { slope, intercept } = { slope: 1, intercept: 0 } }: PairModel,
): ViewPair[] {
  const [rows, others] = [logOdds.length, logOdds[0]!.length];
  const columns = others + rows;
  const cost = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < others; j++) cost[i * columns + j] = alone - logOdds[i]![j]!;
  const columnOf = assign(cost, rows, columns);
  return [...columnOf].flatMap((j, i) =>
    j < others && cost[i * columns + j]! <= 0 ? [{ a: i, b: j, probability: sigmoid(slope * logOdds[i]![j]! + intercept) }] : [],
  );
}
