import { requireKnownKeys } from "@mammo/mammogram";
import { sigmoid } from "../logit.ts";
import { fitNonNegativeStack } from "../nonNegativeStack.ts";

/** How far a finding lies below the highest one of its breast, in logits, both parts <= 0: for that one itself both are 0. */
export interface FindingDistance {
  /** Of its view: the view's logit less that of the breast's highest view. */
  readonly view: number;
  /** Of its peak: the peak's log odds less those of the highest peak of its view. */
  readonly peak: number;
}

/** Logit of a finding beside the highest one: intercept + breast · logit of the breast + view · distance.view + peak · distance.peak, and never above the breast's. Plain JSON. */
export interface FindingCalibrator {
  readonly kind: "finding calibrator";
  readonly intercept: number;
  /** >= 0, as the others. */
  readonly breast: number;
  readonly view: number;
  readonly peak: number;
  /** How many labeled findings it was fitted to; absent for values set by hand. */
  readonly findings?: number;
}

/** Distances taken as they are: what stands in where nothing is fitted. Ours. */
export const plainFindingCalibrator: FindingCalibrator = { kind: "finding calibrator", intercept: 0, breast: 1, view: 1, peak: 1 };

/** A finding of known truth. */
export interface LabeledFinding {
  /** Of the calibrated probability of its breast. */
  readonly breastLogit: number;
  readonly below: FindingDistance;
  /** 1: it lies on a cancer. */
  readonly cancer: 0 | 1;
}

/**
 * Probability that a finding lies on a cancer. The highest finding of a breast has the breast's: one number for both, so that they cannot contradict each other. The others have their own, none above it.
 *
 * @throws RangeError for a logit that is not finite, distances above 0 or NaN.
 * @example calibrateFinding({ kind: "finding calibrator", intercept: 0, breast: 1, view: 1, peak: 0.5 }, { breastLogit: 0, below: { view: 0, peak: -2 } }); // 0.27
 */
export function calibrateFinding(
  { intercept, breast, view, peak }: FindingCalibrator,
  { breastLogit, below }: Pick<LabeledFinding, "breastLogit" | "below">,
): number {
  checkEvidence({ breastLogit, below });
  if (isHighest(below)) return sigmoid(breastLogit);
  const own = breast * breastLogit + intercept + lessBy(view, below.view) + lessBy(peak, below.peak);
  return sigmoid(Math.min(own, breastLogit));
}

/** 0 · -∞ is no distance here. */
const lessBy = (weight: number, distance: number): number => (weight === 0 ? 0 : weight * distance);

const isHighest = ({ view, peak }: FindingDistance): boolean => view === 0 && peak === 0;

/**
 * Fits by maximum likelihood what the findings beside the highest of their breast are worth, no weight below 0: a higher finding is never less probable.
 *
 * findings: all of each breast, of women whom no member was trained on; the highest ones are left out here, since `calibrateFinding` gives them their breast's probability. ridge: as in `fitNonNegativeStack`, default 1.
 *
 * Source: ours.
 *
 * @throws RangeError for findings beside the highest that are of one class only, as `calibrateFinding` and for a ridge <= 0.
 * @example const findingCalibrator = fitFindingCalibrator(findings);
 */
export function fitFindingCalibrator(findings: readonly LabeledFinding[], options: { readonly ridge?: number } = {}): FindingCalibrator {
  requireKnownKeys("fitFindingCalibrator", options, { ridge: true });
  const { ridge = 1 } = options;
  for (const finding of findings) {
    checkEvidence(finding);
    if (finding.cancer !== 0 && finding.cancer !== 1) throw new RangeError(`Expected findings with cancer 0 or 1, got ${finding.cancer}`);
  }
  const others = findings.filter(({ below }) => !isHighest(below));
  const cancers = others.filter(({ cancer }) => cancer === 1).length;
  if (cancers === 0 || cancers === others.length)
    throw new RangeError(`Expected findings beside the highest on cancers and others, got ${cancers} on cancers of ${others.length}`);
  const far = (distance: number) => Math.max(distance, -farthest);
  const columns = [
    others.map(({ breastLogit }) => breastLogit),
    others.map(({ below }) => far(below.view)),
    others.map(({ below }) => far(below.peak)),
  ];
  const labels = others.map(({ cancer }) => cancer);
  const { weights, intercept } = fitNonNegativeStack(columns, labels, { ridge });
  const [breast, view, peak] = weights as [number, number, number];
  return { kind: "finding calibrator", intercept, breast, view, peak, findings: others.length };
}

/** Distances beyond it tell nothing more. */
const farthest = 50;

function checkEvidence({ breastLogit, below }: Pick<LabeledFinding, "breastLogit" | "below">): void {
  if (!Number.isFinite(breastLogit)) throw new RangeError(`Expected a finite logit of the breast, got ${breastLogit}`);
  for (const [part, distance] of Object.entries({ view: below.view, peak: below.peak }))
    if (!(distance <= 0)) throw new RangeError(`Expected below.${part} <= 0, got ${distance}`);
}

/**
 * A finding calibrator from elsewhere, such as JSON.
 *
 * @throws TypeError for what is none, RangeError for an intercept that is not finite, weights that are negative or not finite and a number of findings that is none.
 */
export function parseFindingCalibrator(value: unknown): FindingCalibrator {
  const { kind, intercept, breast, view, peak, findings } = (typeof value === "object" && value !== null ? value : {}) as Partial<FindingCalibrator>;
  if (kind !== "finding calibrator") throw new TypeError("Expected a calibrator of kind finding calibrator");
  if (!Number.isFinite(intercept)) throw new RangeError(`Expected a finding calibrator with finite intercept, got ${intercept}`);
  for (const [name, weight] of Object.entries({ breast, view, peak }))
    if (!(Number.isFinite(weight) && weight! >= 0)) throw new RangeError(`Expected a finding calibrator with ${name} >= 0, got ${weight}`);
  if (findings !== undefined && !(Number.isSafeInteger(findings) && findings >= 1))
    throw new RangeError(`Expected a finding calibrator fitted to at least one finding, got ${findings}`);
  return value as FindingCalibrator;
}
