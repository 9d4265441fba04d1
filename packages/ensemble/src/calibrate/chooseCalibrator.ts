import { requireKnownKeys } from "@mammo/mammogram";
import { checkLabeled } from "../checkLabeled.ts";
import { crossFit, type FoldOptions, foldOptionNames } from "../crossFit.ts";
import { sigmoid } from "../logit.ts";
import { fitBeta } from "./beta.ts";
import { breakTies } from "./breakTies.ts";
import { calibrate } from "./calibrate.ts";
import type { Calibrator } from "./calibrator.ts";
import { fitIsotonic } from "./isotonic.ts";
import { fitPlatt } from "./platt.ts";
import { fitTemperature } from "./temperature.ts";
import { fitVennAbers } from "./vennAbers.ts";

/** Logits and labels to a calibrator. */
export type FitCalibrator = (logits: ArrayLike<number>, labels: ArrayLike<number>) => Calibrator;

/** All kinds that there are, by name. */
export const calibratorFits = {
  temperature: fitTemperature,
  platt: fitPlatt,
  beta: fitBeta,
  isotonic: (logits, labels) => breakTies(fitIsotonic(logits, labels)),
  "venn-abers": fitVennAbers,
} as const satisfies Readonly<Record<string, FitCalibrator>>;

/** How well one kind does on cases that it was not fitted to. */
export interface CalibratorTrial {
  readonly name: string;
  /** Mean of -ln of the probability of what was the case; probabilities no nearer to 0 and 1 than 1e-7. Lower is better. */
  readonly logLoss: number;
  /** Of the mean, over groups. */
  readonly standardError: number;
  /** Mean squared error. */
  readonly brier: number;
}

/** Nearer to 0 and 1 a probability is not believed: a single case may not decide. */
const floor = 1e-7;

/**
 * Fits several kinds of calibrators, judges each out of fold, and gives back the one of least held-out log loss, fitted to all cases, with the table.
 *
 * The row "none" (sigmoid of the logit) is there to compare, never chosen. Kinds are listed by rising log loss. The held-out probabilities of each kind are in
 * `held`, which is what to judge the chosen one's ECE on.
 *
 * Source: ours.
 *
 * @throws RangeError for unequal lengths, no cases, logits that are not finite, labels other than 0 and 1, no candidates, a fold without one of the classes, and as `dealFolds`.
 * @example
 * const { calibrator, table } = chooseCalibrator(logits, labels, { groups: patients, seed: 1 });
 */
export function chooseCalibrator(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: FoldOptions & { readonly candidates?: Readonly<Record<string, FitCalibrator>> },
): {
  readonly name: string;
  readonly calibrator: Calibrator;
  readonly table: readonly CalibratorTrial[];
  readonly held: Readonly<Record<string, Float64Array>>;
} {
  requireKnownKeys("chooseCalibrator", options, { groups: true, folds: true, seed: true, candidates: true });
  const { candidates = calibratorFits as Readonly<Record<string, FitCalibrator>>, ...folds } = options;
  checkLabeled(logits, labels);
  const names = Object.keys(candidates);
  if (names.length === 0) throw new RangeError("Expected at least one kind of calibrator, got none");
  const held: Record<string, Float64Array> = { none: Float64Array.from(logits, sigmoid) };
  for (const name of names) held[name] = crossFitCalibration(candidates[name]!, logits, labels, folds);
  const table = Object.entries(held).map(([name, probabilities]) => trial(name, probabilities, labels, folds.groups));
  table.sort((a, b) => a.logLoss - b.logLoss);
  const { name } = table.find((row) => row.name !== "none")!;
  return { name, calibrator: candidates[name]!(logits, labels), table, held };
}

/**
 * Calibrated probability of each case by a calibrator that was fitted without its fold: what may be judged on the cases themselves.
 *
 * @throws RangeError as the fit, and as `dealFolds`.
 * @example const held = crossFitCalibration(fitPlatt, logits, labels, { groups: patients, seed: 1 });
 */
export function crossFitCalibration(fit: FitCalibrator, logits: ArrayLike<number>, labels: ArrayLike<number>, folds: FoldOptions): Float64Array {
  requireKnownKeys("crossFitCalibration", folds, foldOptionNames);
  checkLabeled(logits, labels);
  return crossFit(labels, folds, (train) => {
    const calibrator = fit(
      train.map((i) => logits[i]!),
      train.map((i) => labels[i]!),
    );
    return (i) => calibrate(calibrator, logits[i]!);
  });
}

function trial(name: string, probabilities: Float64Array, labels: ArrayLike<number>, groups: FoldOptions["groups"]): CalibratorTrial {
  const n = labels.length;
  const sums = new Map<string | number, number>();
  let [logLoss, brier] = [0, 0];
  probabilities.forEach((p, i) => {
    const right = Math.min(Math.max(labels[i] === 1 ? p : 1 - p, floor), 1 - floor);
    logLoss -= Math.log(right) / n;
    brier += (p - labels[i]!) ** 2 / n;
    const group = groups?.[i] ?? i;
    sums.set(group, (sums.get(group) ?? 0) - Math.log(right));
  });
  const sizes = new Map<string | number, number>();
  for (let i = 0; i < n; i++) sizes.set(groups?.[i] ?? i, (sizes.get(groups?.[i] ?? i) ?? 0) + 1);
  // The mean over cases as a ratio over groups, its error by the linearization of a ratio.
  const squares = [...sums].reduce((sum, [group, value]) => sum + (value - logLoss * sizes.get(group)!) ** 2, 0);
  return { name, logLoss, standardError: Math.sqrt((squares * sums.size) / Math.max(1, sums.size - 1)) / n, brier };
}
