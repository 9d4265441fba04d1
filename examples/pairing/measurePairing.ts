import { fitPairModel, type LabeledPair, matchViews, type PairModel, tunePairModel } from "@mammo/ensemble";
import type { TwoViews } from "./phantomBreasts.ts";

/** How well pairs were found, and what the probabilities were worth. */
export interface PairingMeasure {
  readonly truePairs: number;
  readonly found: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Breasts that were refused. */
  readonly refused: number;
  /** Mean probability of the pairs taken, to lie beside the precision. */
  readonly meanProbability: number;
}

/** All combinations of a CC and an MLO finding of a breast, the true ones and the false. */
const labeledPairs = (breasts: readonly TwoViews[]): LabeledPair[] =>
  breasts.flatMap(({ cc, mlo }) => cc.flatMap((a) => mlo.map((b) => ({ a: a.finding, b: b.finding, same: a.lesion === b.lesion }))));

/** Costs and what leaving alone is worth, fitted on some breasts, to be judged on others. */
export const learnPairing = (breasts: readonly TwoViews[]): PairModel =>
  tunePairModel(
    fitPairModel(labeledPairs(breasts)),
    breasts.map(({ cc, mlo }) => ({
      a: cc.map(({ finding }) => finding),
      b: mlo.map(({ finding }) => finding),
      pairs: cc.flatMap(({ lesion }, i) => mlo.flatMap((other, j) => (other.lesion === lesion ? [[i, j] as const] : []))),
    })),
  );

/** Pairs breast by breast, and counts. `maxPnlDifference` as in `matchViews`. */
export function measurePairing(breasts: readonly TwoViews[], model: PairModel, maxPnlDifference?: number): PairingMeasure {
  let [truePairs, found, right, refused, sum] = [0, 0, 0, 0, 0];
  for (const { cc, mlo } of breasts) {
    truePairs += cc.filter((a) => mlo.some((b) => b.lesion === a.lesion)).length;
    const matched = matchViews(
      cc.map(({ finding }) => finding),
      mlo.map(({ finding }) => finding),
      { model, ...(maxPnlDifference === undefined ? {} : { maxPnlDifference }) },
    );
    if (matched.refused) refused++;
    for (const { a, b, probability } of matched.pairs) {
      found++;
      sum += probability;
      if (cc[a]!.lesion === mlo[b]!.lesion) right++;
    }
  }
  const [precision, recall] = [right / found, right / truePairs];
  return { truePairs, found, right, precision, recall, f1: (2 * precision * recall) / (precision + recall), refused, meanProbability: sum / found };
}
