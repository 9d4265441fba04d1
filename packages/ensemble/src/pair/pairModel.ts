import { requireKnownKeys } from "@mammo/mammogram";
import { sigmoid } from "../logit.ts";
import { fitNonNegativeStack } from "../nonNegativeStack.ts";
import { type PairFeatures, type PlacedFinding, pairFeatureNames, pairFeatures } from "./pairFeatures.ts";

/** What a difference costs, in log odds of being one lesion. Plain JSON. */
export interface PairModel {
  readonly kind: "pair model";
  /** Log odds of two findings without any difference. */
  readonly intercept: number;
  /** Log odds lost by one unit of each difference, none below 0. */
  readonly costs: PairFeatures;
  /** How many labeled pairs it was fitted to; absent for values set by hand. */
  readonly pairs?: number;
  /** Log odds that a pair must have to be taken: what leaving two findings alone is worth. Default 0. See `tunePairModel`. */
  readonly alone?: number;
  /** The probability of a pair that was taken: sigmoid(slope · log odds + intercept). Default 1 and 0. */
  readonly taken?: { readonly slope: number; readonly intercept: number };
}

/**
 * Values to start with where nothing is fitted: a difference of 10 mm in either length costs half a log odd squared (a deviation of 10 mm), the rest little.
 * Ours, set by hand: fit them (`fitPairModel`) on your own pairs.
 */
export const startingPairModel: PairModel = {
  kind: "pair model",
  intercept: 3,
  costs: { fromNipple: 0.5, depth: 0.5, size: 0.7, kind: 1.5, score: 0.2, embedding: 2 },
};

/**
 * A pair model from elsewhere, such as JSON.
 *
 * @throws TypeError for what is no pair model, RangeError for costs that are missing, negative or not finite, and for a number of pairs that is none.
 */
export function parsePairModel(value: unknown): PairModel {
  const { kind, costs, intercept } = (typeof value === "object" && value !== null ? value : {}) as Partial<PairModel>;
  if (kind !== "pair model" || typeof costs !== "object" || costs === null) throw new TypeError("Expected a model of kind pair model, with costs");
  if (!Number.isFinite(intercept)) throw new RangeError(`Expected a pair model with finite intercept, got ${intercept}`);
  for (const name of pairFeatureNames)
    if (!(Number.isFinite(costs[name]) && costs[name] >= 0))
      throw new RangeError(`Expected a pair model with costs.${name} >= 0, got ${costs[name]}`);
  const { alone = 0, taken: { slope, intercept: shift } = { slope: 1, intercept: 0 }, pairs = 1 } = value as PairModel;
  if (!Number.isFinite(alone)) throw new RangeError(`Expected a pair model with finite alone, got ${alone}`);
  if (!(Number.isFinite(slope) && slope >= 0 && Number.isFinite(shift)))
    throw new RangeError(`Expected a pair model with taken.slope >= 0 and a finite intercept, got ${slope} and ${shift}`);
  if (!(Number.isSafeInteger(pairs) && pairs >= 1)) throw new RangeError(`Expected a pair model fitted to at least one pair, got ${pairs}`);
  return value as PairModel;
}

/** Two findings of one breast in two views, and whether they are one lesion. */
export interface LabeledPair {
  readonly a: PlacedFinding;
  readonly b: PlacedFinding;
  readonly same: boolean;
}

/**
 * Fits the costs by logistic regression, none below 0: a difference never speaks for a pair.
 *
 * pairs: true ones, and false ones as they occur: all other combinations of the findings of a breast. The share of true pairs among them is what the probability
 * is calibrated to; a model fitted elsewhere keeps its order but may be too sure. ridge: as in `fitNonNegativeStack`, default 1.
 *
 * Source: ours.
 *
 * @throws RangeError for pairs of one kind only, and what `pairFeatures` refuses.
 * @example const model = fitPairModel(pairs);
 */
export function fitPairModel(pairs: readonly LabeledPair[], options: { readonly ridge?: number } = {}): PairModel {
  requireKnownKeys("fitPairModel", options, { ridge: true });
  const { ridge = 1 } = options;
  const features = pairs.map(({ a, b }) => pairFeatures(a, b));
  const columns = pairFeatureNames.map((name) => Float64Array.from(features, (of) => -of[name]));
  const labels = Uint8Array.from(pairs, ({ same }) => Number(same));
  const { weights, intercept } = fitNonNegativeStack(columns, labels, { ridge });
  const costs = Object.fromEntries(pairFeatureNames.map((name, k) => [name, weights[k]!])) as Record<keyof PairFeatures, number>;
  return { kind: "pair model", intercept, costs, pairs: pairs.length };
}

/**
 * Log odds that two findings are one lesion.
 *
 * @throws RangeError as `pairFeatures`.
 */
export function pairLogOdds(model: PairModel, a: PlacedFinding, b: PlacedFinding): number {
  const features = pairFeatures(a, b);
  return pairFeatureNames.reduce((sum, name) => sum - model.costs[name] * features[name], model.intercept);
}

/** Probability that two findings are one lesion, whatever else is in the two views: calibrated as far as the model was fitted to pairs like these. */
export const pairProbability = (model: PairModel, a: PlacedFinding, b: PlacedFinding): number => sigmoid(pairLogOdds(model, a, b));
