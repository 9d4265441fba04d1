import { requireKnownKeys } from "@mammo/mammogram";
import { checkCases, checkFinite, type Numbers, rangeError } from "../cases/checkCases.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { checkConfidence } from "../intervals/checkConfidence.ts";
import { cancersAmong, rateOfAll, rateOfCancers, type Strata } from "./strataRates.ts";
import { type Counted, type Rate, wilson } from "./wilson.ts";

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
 * With weights the share of cancers is what the weights say, and no draw: sensitivity and specificity have Wilson intervals of Kish's effective number of their own cases, the other
 * rates are put together from those (method of variance estimates recovery, Zou and Donner 2008), so that no detection rate exceeds the prevalence. Exams of one woman are taken as independent.
 *
 * @throws RangeError for unequal lengths, anything but 0 and 1, negative weights, and a confidence outside (0, 1).
 * @example screeningAudit({ labels, recalled: recallAt(scores, 0.02) }).recallRate.rate;
 */
export function screeningAudit(exams: AuditedExams, options: { readonly confidence?: number } = {}): ScreeningAudit {
  requireKnownKeys("screeningAudit", options, { confidence: true });
  const { confidence = 0.95 } = options;
  const { labels, recalled, biopsyRecommended, biopsied, weights } = exams;
  for (const [name, list] of Object.entries({ recalled, biopsyRecommended, biopsied }))
    if (list !== undefined) checkFlags(labels, list, name, weights);
  const z = normalQuantile((1 + checkConfidence(confidence)) / 2);
  const isWeighted = weights !== undefined;
  const called = strataOf(exams, recalled, 1);
  const missed = strataOf(exams, recalled, 0);
  const ppv = (flags: Numbers): Rate => {
    const strata = strataOf(exams, flags, 1);
    return isWeighted ? cancersAmong(strata, z) : wilson(amongEvents(strata), z);
  };
  const ofCancers = (strata: Strata) => (isWeighted ? rateOfCancers(strata, z) : wilson({ ...together(strata), events: strata.cancer.events }, z));
  return {
    exams: labels.length,
    recallRate: isWeighted ? rateOfAll(called, z) : wilson(together(called), z),
    cancerDetectionRate: ofCancers(called),
    falseNegativesPerExam: ofCancers(missed),
    sensitivity: wilson(called.cancer, z),
    specificity: wilson(missed.other, z),
    ppv1: ppv(recalled),
    ppv2: biopsyRecommended && ppv(biopsyRecommended),
    ppv3: biopsied && ppv(biopsied),
  };
}

/** The exams whose flag is `event`, among cancers and among the others. */
function strataOf({ labels, weights }: AuditedExams, flags: Numbers, event: 0 | 1): Strata {
  const count = (label: 0 | 1): Counted => {
    let [events, of, squares] = [0, 0, 0];
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== label) continue;
      const weight = weights === undefined ? 1 : weights[i]!;
      of += weight;
      squares += weight * weight;
      if (flags[i] === event) events += weight;
    }
    return { events, of, squares };
  };
  return { cancer: count(1), other: count(0) };
}

const together = ({ cancer, other }: Strata): Counted => ({
  ...{ events: cancer.events + other.events, of: cancer.of + other.of },
  squares: cancer.squares + other.squares,
});

/** Cancers among the events, each of weight 1. */
const amongEvents = ({ cancer, other }: Strata): Counted => {
  const of = cancer.events + other.events;
  return { events: cancer.events, of, squares: of };
};

/** Who is called back at a threshold: 1 for a score >= it. For a radiologist's operating point take `specificityAt(sensitivity, curve).threshold`. */
export function recallAt(scores: Numbers, threshold: number): Uint8Array {
  if (Number.isNaN(threshold)) throw rangeError("threshold to be a number", threshold);
  checkFinite(scores, scores?.length, "scores");
  return Uint8Array.from({ length: scores.length }, (_, i) => Number(scores[i]! >= threshold));
}

function checkFlags(labels: Numbers, flags: Numbers, name: string, weights?: Numbers): void {
  checkCases(labels, flags, weights, name);
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0 && flags[i] !== 1) throw rangeError(`${name}[${i}] to be 0 or 1`, flags[i]);
}
