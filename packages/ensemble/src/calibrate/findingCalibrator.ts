import { sigmoid } from "../logit.ts";
import { lossOf, solve } from "../stack.ts";

/** How far a finding lies below the highest one of its breast, in logits, both parts <= 0: for that one itself both are 0. */
export interface FindingDistance {
  /** Of its view: the view's logit less that of the breast's highest view. */
  readonly view: number;
  /** Of its peak: the peak's log odds less those of the highest peak of its view. */
  readonly peak: number;
}

/** What a finding's distances count: logit of the finding = logit of its breast + view · distance.view + peak · distance.peak. Plain JSON. */
export interface FindingCalibrator {
  readonly kind: "finding calibrator";
  /** >= 0. */
  readonly view: number;
  /** >= 0. */
  readonly peak: number;
  /** How many labeled findings it was fitted to; absent for values set by hand. */
  readonly findings?: number;
}

/** Distances taken as they are: what stands in where nothing is fitted. Ours. */
export const plainFindingCalibrator: FindingCalibrator = { kind: "finding calibrator", view: 1, peak: 1 };

/** A finding of known truth. */
export interface LabeledFinding {
  /** Of the calibrated probability of its breast. */
  readonly breastLogit: number;
  readonly below: FindingDistance;
  /** 1: it lies on a cancer. */
  readonly cancer: 0 | 1;
}

/**
 * Probability that a finding lies on a cancer: that of its breast for the highest finding, for none more.
 *
 * @throws RangeError for a logit that is not finite, distances above 0 or NaN.
 * @example calibrateFinding({ kind: "finding calibrator", view: 1, peak: 0.5 }, { breastLogit: 0, below: { view: 0, peak: -2 } }); // 0.27
 */
export function calibrateFinding({ view, peak }: FindingCalibrator, { breastLogit, below }: Pick<LabeledFinding, "breastLogit" | "below">): number {
  checkEvidence({ breastLogit, below });
  return sigmoid(breastLogit + lessBy(view, below.view) + lessBy(peak, below.peak));
}

/** 0 · -∞ is no distance here. */
const lessBy = (weight: number, distance: number): number => (weight === 0 ? 0 : weight * distance);

/**
 * Fits what distances count by maximum likelihood, both weights >= 0, with the breasts' calibrated probabilities as they are: the highest finding of a breast keeps its breast's, so that finding and breast cannot
 * contradict each other.
 *
 * findings: all of each breast, of women whom no member was trained on. A highest finding that lies beside the cancer of its breast is overstated by construction; that is the price of one number for finding and breast.
 * ridge > 0, default 1, draws the weights towards 1, the plain distances: with few findings little is learned.
 *
 * Source: ours; logistic regression with an offset, by projected Newton steps.
 *
 * @throws RangeError for findings of one class only, as `calibrateFinding` and for a ridge <= 0.
 * @example const findingCalibrator = fitFindingCalibrator(findings);
 */
export function fitFindingCalibrator(findings: readonly LabeledFinding[], { ridge = 1 }: { readonly ridge?: number } = {}): FindingCalibrator {
  for (const finding of findings) {
    checkEvidence(finding);
    if (finding.cancer !== 0 && finding.cancer !== 1) throw new RangeError(`Expected findings with cancer 0 or 1, got ${finding.cancer}`);
  }
  if (!(ridge > 0 && ridge < Infinity)) throw new RangeError(`Expected ridge > 0, got ${ridge}`);
  const cancers = findings.filter(({ cancer }) => cancer === 1).length;
  if (cancers === 0 || cancers === findings.length)
    throw new RangeError(`Expected findings on cancers and others, got ${cancers} on cancers of ${findings.length}`);
  const distances = (["view", "peak"] as const).map((part) => Float64Array.from(findings, ({ below }) => Math.max(below[part], -farthest)));
  const labels = findings.map(({ cancer }) => cancer);
  // The breast's logit and, in the penalty's middle, the plain distances stand beside with the coefficient 1; what is searched for is added to it.
  const plain = Float64Array.from(findings, ({ breastLogit }, i) => breastLogit + distances[0]![i]! + distances[1]![i]!);
  const columns = [...distances, plain];
  const penalties = [ridge, ridge, 0];
  let more: readonly [number, number] = [0, 0];
  let state = lossOf(columns, labels, penalties, [...more, 1]);
  for (let iteration = 0; iteration < 200; iteration++) {
    const { gradient, hessian, loss } = state;
    const free = [0, 1].filter((k) => more[k]! > -1 || gradient[k]! < 0);
    const step = solve(
      free.map((k) => free.map((l) => hessian[Math.max(k, l)]![Math.min(k, l)]!)),
      free.map((k) => gradient[k]!),
    );
    const moved = (length: number): readonly [number, number] => {
      const next: [number, number] = [...more];
      for (const [f, k] of free.entries()) next[k] = Math.max(-1, next[k]! - length * step[f]!);
      return next;
    };
    let length = 1;
    let [next, after] = [more, state];
    for (; length >= 1e-12; length /= 2) {
      next = moved(length);
      after = lossOf(columns, labels, penalties, [...next, 1]);
      const promised = next.reduce((sum, value, k) => sum + gradient[k]! * (more[k]! - value), 0);
      if (after.loss <= loss - 1e-4 * promised) break;
    }
    if (length < 1e-12 || after.loss >= loss) break; // as low as floating point can tell
    [more, state] = [next, after];
  }
  return { kind: "finding calibrator", view: 1 + more[0], peak: 1 + more[1], findings: findings.length };
}

/** Distances beyond it tell nothing more, and would ruin the Hessian. */
const farthest = 50;

function checkEvidence({ breastLogit, below }: Pick<LabeledFinding, "breastLogit" | "below">): void {
  if (!Number.isFinite(breastLogit)) throw new RangeError(`Expected a finite logit of the breast, got ${breastLogit}`);
  for (const [part, distance] of Object.entries({ view: below.view, peak: below.peak }))
    if (!(distance <= 0)) throw new RangeError(`Expected below.${part} <= 0, got ${distance}`);
}

/**
 * A finding calibrator from elsewhere, such as JSON.
 *
 * @throws TypeError for what is none, RangeError for weights that are negative or not finite and a number of findings that is none.
 */
export function parseFindingCalibrator(value: unknown): FindingCalibrator {
  const { kind, view, peak, findings } = (typeof value === "object" && value !== null ? value : {}) as Partial<FindingCalibrator>;
  if (kind !== "finding calibrator") throw new TypeError("Expected a calibrator of kind finding calibrator");
  for (const [name, weight] of Object.entries({ view, peak }))
    if (!(Number.isFinite(weight) && weight! >= 0)) throw new RangeError(`Expected a finding calibrator with ${name} >= 0, got ${weight}`);
  if (findings !== undefined && !(Number.isSafeInteger(findings) && findings >= 1))
    throw new RangeError(`Expected a finding calibrator fitted to at least one finding, got ${findings}`);
  return value as FindingCalibrator;
}
