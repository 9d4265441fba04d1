import { permutation, quantile, requireKnownKeys } from "@mammo/mammogram";
import type { JoinedMembers } from "./joinMembers.ts";
import { type MemberPooling, poolMembers } from "./poolMembers.ts";
import { fitPowerLaw, type PowerLaw } from "./powerLaw.ts";

/** A metric of ensembles of one size. */
export interface CurvePoint {
  readonly size: number;
  readonly mean: number;
  /** Of the draws: how much it matters which members are taken. */
  readonly low: number;
  readonly high: number;
  readonly draws: number;
}

/** What more members have bought, and what still more would buy. */
export interface EnsembleCurve {
  readonly points: readonly CurvePoint[];
  /** The metric of all members but those of one family. */
  readonly withoutFamily: readonly { readonly family: string; readonly members: number; readonly value: number }[];
  readonly all: number;
  /** Undefined where fewer than four sizes were measured. */
  readonly law: PowerLaw | undefined;
}

/** How the curve is drawn. */
export interface CurveOptions {
  /** Of the pooled logits, in the order of `ids`: AUROC, log loss, …; lower or higher may be better. */
  readonly statistic: (pooled: Float64Array) => number;
  /** Default 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50 as far as there are members, and all of them. */
  readonly sizes?: readonly number[];
  /** Random sets of members a size; default 50. */
  readonly draws?: number;
  readonly pooling?: MemberPooling;
  readonly seed: number;
}

/**
 * A metric against the size of the ensemble: random sets of members without replacement, with the middle 90 % of the draws; the metric without each family;
 * and the power law through the means, which forecasts larger ensembles.
 *
 * All sizes are judged on the same cases, so that the band is of the choice of members, not of the cases: bootstrap `statistic` for that.
 *
 * Source: ours, after Lobacheva et al., "On power laws in deep ensembles", 2020 (of the calibrated log loss; of other metrics it is a guess).
 *
 * @throws RangeError for sizes that are no whole numbers from 1 to the number of members, no sizes, draws < 1, and as `poolMembers`.
 * @example
 * const curve = ensembleCurve(joined, { seed: 1, statistic: (logits) => auroc(labels, logits) });
 * curve.law?.at(50);
 */
export function ensembleCurve(joined: Pick<JoinedMembers, "members" | "scores" | "ids">, options: CurveOptions): EnsembleCurve {
  requireKnownKeys("ensembleCurve", options, { statistic: true, sizes: true, draws: true, pooling: true, seed: true });
  const { members, scores, ids } = joined;
  const { statistic, draws = 50, pooling = "mean-logit", seed } = options;
  const sizes = options.sizes ?? usual(members.length);
  if (sizes.length === 0) throw new RangeError("Expected at least one size, got none");
  if (!(Number.isInteger(draws) && draws >= 1)) throw new RangeError(`Expected draws to be a whole number >= 1, got ${draws}`);
  for (const size of sizes)
    if (!(Number.isInteger(size) && size >= 1 && size <= members.length))
      throw new RangeError(`Expected sizes from 1 to the ${members.length} members, got ${size}`);
  const metricOf = (chosen: ArrayLike<number>) => {
    const some = Array.from(chosen);
    return statistic(poolMembers({ ids, members: some.map((m) => members[m]!), scores: some.map((m) => scores[m]!) }, pooling));
  };
  const everyone = members.map((_, m) => m);
  const drawn = (size: number, draw: number) =>
    size === members.length ? everyone : size === 1 ? [draw] : permutation(members.length, seed, "ensemble curve", size, draw).subarray(0, size);
  const points = [...new Set(sizes)]
    .sort((a, b) => a - b)
    .map((size): CurvePoint => {
      // One set has all members; of one member there are only so many sets.
      const sets = size === 1 ? members.length : size === members.length ? 1 : draws;
      const values = Array.from({ length: sets }, (_, draw) => metricOf(drawn(size, draw)));
      const sorted = Float64Array.from(values).sort();
      const mean = values.reduce((sum, value) => sum + value / sets, 0);
      return { size, mean, low: quantile(sorted, 0.05), high: quantile(sorted, 0.95), draws: sets };
    });
  const families = [...new Set(members.map(({ family }) => family))];
  const withoutFamily = families.flatMap((family) => {
    const rest = members.flatMap((member, m) => (member.family === family ? [] : [m]));
    return rest.length === 0 ? [] : [{ family, members: rest.length, value: metricOf(rest) }];
  });
  const law = points.length >= 4 ? fitPowerLaw(points.map(({ size, mean }) => ({ size, value: mean }))) : undefined;
  return { points, withoutFamily, all: metricOf(everyone), law };
}

function usual(members: number): readonly number[] {
  return [...[1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50].filter((size) => size < members), members];
}
