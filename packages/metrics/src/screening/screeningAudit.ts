import { checkCases, checkFinite, type Numbers, rangeError } from "../cases/checkCases.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { checkConfidence } from "../intervals/checkConfidence.ts";

/** A share with its interval; NaN when the denominator is 0. */
export interface Rate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /** Numerator and denominator; weighted, hence perhaps no whole numbers. */
  readonly events: number;
  readonly of: number;
}

/** Screening exams and what became of them. All lists have one number, 0 or 1, for each exam. */
export interface AuditedExams {
  /** Cancer found within the follow-up. */
  readonly labels: Numbers;
  /** Called back. */
  readonly recalled: Numbers;
  /** Biopsy recommended; needed for PPV2. */
  readonly biopsyRecommended?: Numbers;
  /** Biopsy done; needed for PPV3. */
  readonly biopsied?: Numbers;
  /** See `prevalenceWeights`: PPV and recall of an enriched set mean nothing without. */
  readonly weights?: Numbers;
}

/** The audit of a screening program (ACR BI-RADS Atlas 5th ed., follow-up and outcome monitoring; terms documented there). */
export interface ScreeningAudit {
  readonly exams: number;
  /** Recalled exams: abnormal interpretation rate. */
  readonly recallRate: Rate;
  /** Recalled cancers among all exams; x 1000 is the cancer detection rate. */
  readonly cancerDetectionRate: Rate;
  /** Cancers that were not recalled, among all exams. */
  readonly falseNegativesPerExam: Rate;
  readonly sensitivity: Rate;
  readonly specificity: Rate;
  /** Cancers among the recalled. */
  readonly ppv1: Rate;
  /** Cancers among those recommended for biopsy; undefined without that list. */
  readonly ppv2: Rate | undefined;
  /** Cancers among the biopsied; undefined without that list. */
  readonly ppv3: Rate | undefined;
}

/**
 * Recall rate, cancer detection rate, false negatives, sensitivity, specificity and PPV1-3 with Wilson intervals (1927).
 *
 * With weights the intervals take Kish's effective number of cases. Exams of one woman are taken as independent.
 *
 * @throws RangeError for unequal lengths, anything but 0 and 1, negative weights, and a confidence outside (0, 1).
 * @example screeningAudit({ labels, recalled: recallAt(scores, 0.02) }).recallRate.rate;
 */
export function screeningAudit(exams: AuditedExams, { confidence = 0.95 }: { readonly confidence?: number } = {}): ScreeningAudit {
  const { labels, recalled, biopsyRecommended, biopsied, weights } = exams;
  for (const [name, list] of Object.entries({ recalled, biopsyRecommended, biopsied }))
    if (list !== undefined) checkFlags(labels, list, name, weights);
  const z = normalQuantile((1 + checkConfidence(confidence)) / 2);
  const rate = (event: (i: number) => boolean, among: (i: number) => boolean): Rate => {
    let [events, of, squares] = [0, 0, 0];
    for (let i = 0; i < labels.length; i++) {
      if (!among(i)) continue;
      const weight = weights === undefined ? 1 : weights[i]!;
      of += weight;
      squares += weight * weight;
      if (event(i)) events += weight;
    }
    return wilson(events, of, { effective: (of * of) / squares, z });
  };
  const cancer = (i: number) => labels[i] === 1;
  const called = (i: number) => recalled[i] === 1;
  const every = () => true;
  return {
    exams: labels.length,
    recallRate: rate(called, every),
    cancerDetectionRate: rate((i) => called(i) && cancer(i), every),
    falseNegativesPerExam: rate((i) => !called(i) && cancer(i), every),
    sensitivity: rate(called, cancer),
    specificity: rate(
      (i) => !called(i),
      (i) => !cancer(i),
    ),
    ppv1: rate(cancer, called),
    ppv2: biopsyRecommended && rate(cancer, (i) => biopsyRecommended[i] === 1),
    ppv3: biopsied && rate(cancer, (i) => biopsied[i] === 1),
  };
}

/** Who is called back at a threshold: 1 for a score >= it. For a radiologist's operating point take `specificityAt(sensitivity, curve).threshold`. */
export function recallAt(scores: Numbers, threshold: number): Uint8Array {
  if (Number.isNaN(threshold)) throw rangeError("threshold to be a number", threshold);
  checkFinite(scores, scores?.length, "scores");
  return Uint8Array.from({ length: scores.length }, (_, i) => Number(scores[i]! >= threshold));
}

function wilson(events: number, of: number, { effective: n, z }: { readonly effective: number; readonly z: number }): Rate {
  const rate = events / of;
  const center = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  // At 0 and 1 the formula's ends are exact but for rounding.
  return { rate, low: rate === 0 ? 0 : center - half, high: rate === 1 ? 1 : center + half, events, of };
}

function checkFlags(labels: Numbers, flags: Numbers, name: string, weights?: Numbers): void {
  checkCases(labels, flags, weights, name);
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0 && flags[i] !== 1) throw rangeError(`${name}[${i}] to be 0 or 1`, flags[i]);
}
