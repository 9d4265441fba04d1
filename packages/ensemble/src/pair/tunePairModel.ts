import { quantile, sortedNumbers } from "@mammo/mammogram";
import { fitPlatt } from "../calibrate/platt.ts";
import { matchViews } from "./matchViews.ts";
import type { PlacedFinding } from "./pairFeatures.ts";
import { type PairModel, pairLogOdds } from "./pairModel.ts";

/** Findings of two views, and which of them are one lesion: places in the two lists. */
export interface MatchedExam {
  readonly a: readonly PlacedFinding[];
  readonly b: readonly PlacedFinding[];
  readonly pairs: readonly (readonly [a: number, b: number])[];
}

/**
 * Fits what "seen in one view only" is worth (`alone`: of 41 values between the lowest and the highest log odds of the true pairs, the one of the best F1 on whole exams) and the
 * probability of the pairs that are then taken (`taken`, by `fitPlatt`).
 *
 * The costs of a model are fitted to all combinations, of which most are false; in an exam each finding has one partner at most, so that pairs may be taken below even odds, and are
 * likelier than their log odds say. Landmarks are not looked at here.
 *
 * Source: ours.
 *
 * @throws RangeError for no true pairs, pairs that are no places in their lists, and as `matchViews`.
 * @example const model = tunePairModel(fitPairModel(pairs), exams);
 */
export function tunePairModel(model: PairModel, exams: readonly MatchedExam[]): PairModel {
  for (const [e, { a, b, pairs }] of exams.entries())
    for (const [i, j] of pairs)
      if (!a[i] || !b[j])
        throw new RangeError(`Expected pairs of exams[${e}] to be places in its lists, got ${i} of ${a.length} and ${j} of ${b.length}`);
  const odds = sortedNumbers(exams.flatMap(({ a, b, pairs }) => pairs.map(([i, j]) => pairLogOdds(model, a[i]!, b[j]!))));
  if (odds.length === 0) throw new RangeError("Expected at least one true pair, got none");
  const trusted = exams.map(({ a, b, pairs }) => ({ a: a.map(trust), b: b.map(trust), right: new Set(pairs.map(([i, j]) => `${i} ${j}`)) }));
  const take = (alone: number) =>
    trusted.flatMap(({ a, b, right }) =>
      matchViews(a, b, { model: { ...model, alone, taken: { slope: 1, intercept: 0 } }, maxPnlDifference: Infinity }).pairs.map((pair) => ({
        logOdds: pairLogOdds(model, a[pair.a]!, b[pair.b]!),
        right: right.has(`${pair.a} ${pair.b}`),
      })),
    );
  const trials = Array.from({ length: 41 }, (_, k) => {
    const alone = quantile(odds, 0) + (k / 40) * (Math.max(0, quantile(odds, 1)) - quantile(odds, 0));
    const taken = take(alone);
    return { alone, taken, f1: (2 * taken.filter(({ right }) => right).length) / (taken.length + odds.length) };
  });
  const best = trials.reduce((a, b) => (b.f1 >= a.f1 ? b : a));
  const { slope, intercept } = fitPlatt(
    best.taken.map(({ logOdds }) => logOdds),
    best.taken.map(({ right }) => Number(right)),
  );
  return { ...model, alone: best.alone, taken: { slope, intercept } };
}

const trust = (finding: PlacedFinding): PlacedFinding => ({ ...finding, place: { ...finding.place, trusted: true } });
