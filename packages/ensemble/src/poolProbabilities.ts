import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { logit, sigmoid } from "./logit.ts";

/** mean-logit: the geometric mean of the odds. mean-prob: the arithmetic mean of the probabilities. */
export type Pooling = "mean-logit" | "mean-prob";

/** On which scale members are averaged, and what each counts. */
export interface PoolOptions {
  /** Default "mean-logit": a member that is sure counts as much in either direction. */
  readonly method?: Pooling;
  /** One for each member, >= 0, not all 0; default equal. Only their ratios matter. */
  readonly weights?: readonly number[];
}

/**
 * Several members' probabilities of one thing (a view, a breast) to one.
 *
 * probabilities in [0, 1], at least one; 0 and 1 count as 1e-7 from the end when logits are averaged, so that no single member
 * decides. The result is not calibrated even if the members are: pool first, then calibrate (Rahaman and Thiery 2020).
 *
 * @throws RangeError for no members, a probability outside [0, 1], weights of another length, negative or all 0.
 * @example poolProbabilities([0.2, 0.8]); // 0.5
 */
export function poolProbabilities(probabilities: readonly number[], options: PoolOptions = {}): number {
  requireKnownKeys("poolProbabilities", options, { method: true, weights: true });
  const { method = "mean-logit", weights } = options;
  const logits = probabilities.map(logit);
  if (method === "mean-logit") return sigmoid(poolLogits(logits, weights));
  if (method === "mean-prob") return weightedMean(probabilities, weights);
  throw new RangeError(`Expected method mean-logit or mean-prob, got ${JSON.stringify(method)}`);
}

/**
 * Several members' logits of one thing to one: their weighted mean.
 *
 * @throws RangeError for no members, logits that are not finite, weights of another length, negative or all 0.
 * @example poolLogits([-1, 2], [2, 1]); // 0
 */
export function poolLogits(logits: readonly number[], weights?: readonly number[]): number {
  logits.forEach((value, i) => {
    if (!Number.isFinite(value)) throw new RangeError(`Expected finite logits, got ${value} at ${i}`);
  });
  return weightedMean(logits, weights);
}

function weightedMean(values: readonly number[], weights: readonly number[] = values.map(() => 1)): number {
  if (values.length === 0) throw new RangeError("Expected at least one member, got none");
  if (weights.length !== values.length) throw new RangeError(`Expected ${values.length} weights, got ${weights.length}`);
  for (const weight of weights) if (!(weight >= 0 && weight < Infinity)) throw new RangeError(`Expected weights >= 0, got ${weight}`);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) throw new RangeError("Expected weights that are not all 0");
  // Shares first: the mean of equal values is that value, and never leaves the range of the values by more than rounding.
  const mean = values.reduce((sum, value, i) => sum + value * (weights[i]! / total), 0);
  const [least, most] = minMax(values);
  return Math.min(Math.max(mean, least), most);
}
