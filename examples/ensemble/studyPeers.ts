import { calibrate, chooseCalibrator, crossFit, ensembleCurve, sigmoid } from "@mammo/ensemble";
import { areaUnder, auroc, bootstrapRoc, brierScore, calibrationError, calibrationSlope, logLoss, pairedDifference } from "@mammo/metrics";
import { oneByOne, type Step } from "../cli/progress.ts";
import type { PeerPart } from "./readPeers.ts";
import { pick, rules } from "./rules.ts";

/** 15 bins of equal mass: printed with every ECE. */
const bins = { bins: 15, strategy: "quantile" } as const;

/**
 * Every rule fitted and judged out of fold on validation, the one of the highest held-out AUROC applied once to test; then a calibrator chosen on validation by held-out log loss.
 *
 * All intervals are drawn by patient; differences are paired with the published ensemble.
 */
export function* studyPeers(validation: PeerPart, test: PeerPart, { seed, resamples }: { readonly seed: number; readonly resamples: number }) {
  const folds = { groups: validation.patients, folds: 5, seed };
  const interval = (scores: Float64Array) =>
    bootstrapRoc({ labels: test.labels, scores, clusters: test.patients }, { auroc: areaUnder }, { seed, resamples }).auroc;
  const published = interval(test.published.logits);
  const held = yield* oneByOne("rules out of fold", rules, ({ fit }) =>
    crossFit(validation.labels, folds, (train) => {
      const all = fit(pick(validation, train))(validation.joined);
      return (i) => all[i]!;
    }),
  );
  const rows = yield* oneByOne("rules on test", [...rules.entries()], ([r, { name, fit }]) => {
    const scores = fit(pick(validation))(test.joined);
    const estimate = interval(scores);
    const { estimate: difference, low, high, p } = pairedDifference(estimate, published);
    return { name, validation: auroc(validation.labels, held[r]!), test: estimate, difference: { estimate: difference, low, high, p }, scores };
  });
  const best = rows.reduce((a, b) => (b.validation > a.validation ? b : a));
  const chosen = rules.find(({ name }) => name === best.name)!;
  const heldLogits = held[rules.indexOf(chosen)]!;
  const choice = chooseCalibrator(heldLogits, validation.labels, folds);
  const judged = (name: string, probabilities: Float64Array) => ({
    name,
    ece: calibrationError(test.labels, probabilities, bins).expected,
    logLoss: logLoss(test.labels, probabilities),
    brier: brierScore(test.labels, probabilities),
    slope: calibrationSlope(test.labels, probabilities).slope.estimate,
  });
  const calibrations = [
    judged("published ensemble, before", test.published.logits.map(sigmoid)),
    judged("published ensemble, their temperature", test.published.calibrated),
    judged(`${best.name}, before`, best.scores.map(sigmoid)),
    judged(
      `${best.name}, ${choice.name}`,
      best.scores.map((z) => calibrate(choice.calibrator, z)),
    ),
  ];
  yield { phase: "curve by size", done: 0, total: 1 } satisfies Step;
  const curve = ensembleCurve(test.joined, { seed, draws: 100, statistic: (logits) => auroc(test.labels, logits) });
  return { published, rows, chosen: best.name, choice, calibrations, curve };
}

/** Everything that `studyPeers` has found. */
export type PeerStudy = ReturnType<typeof studyPeers> extends Generator<Step, infer Study> ? Study : never;
