import type { ScreeningAudit } from "./screeningAudit.ts";

type Measure = "recallRate" | "cancerDetectionRate" | "falseNegativesPerExam" | "sensitivity" | "specificity" | "ppv1" | "ppv2" | "ppv3";

/** Digital screening mammography in the US, 1,682,504 exams (Lehman et al., Radiology 2017, PMC5375631; documented). */
export const bcscBenchmarks: Readonly<Record<Measure, number>> = {
  recallRate: 0.116,
  cancerDetectionRate: 0.0051,
  falseNegativesPerExam: 0.0008,
  sensitivity: 0.869,
  specificity: 0.889,
  ppv1: 0.044,
  ppv2: 0.256,
  ppv3: 0.286,
};

/** One measure beside the published one. */
export interface BenchmarkRow {
  readonly measure: Measure;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly published: number;
}

/** Beside a published audit, row by row, for the measures that there are. Only an audit at screening prevalence can be compared: see `prevalenceWeights`. */
export function compareWithBenchmarks(audit: ScreeningAudit, published: Readonly<Record<Measure, number>> = bcscBenchmarks): readonly BenchmarkRow[] {
  return (Object.keys(published) as Measure[]).flatMap((measure) => {
    const rate = audit[measure];
    return rate === undefined ? [] : [{ measure, value: rate.rate, low: rate.low, high: rate.high, published: published[measure] }];
  });
}

/**
 * Whether an audit lies within the ranges that experts found acceptable (Miglioretti et al., AJR 2015, PMC4369798; documented):
 * sensitivity >= 80 % with specificity >= 85 %, or 75-79 % with 88-97 %; detection >= 6 per 1000 with recall 3-20 %, or 4-6 with 3-15 %
 * and PPV1 >= 3 %, or 2.5-4 with 5-12 % and PPV1 3-8 %.
 */
export function isAcceptable({ sensitivity, specificity, cancerDetectionRate, recallRate, ppv1 }: ScreeningAudit): {
  readonly sensitivityAndSpecificity: boolean;
  readonly detectionAndRecall: boolean;
} {
  const [sens, spec, recall, ppv] = [sensitivity.rate, specificity.rate, recallRate.rate, ppv1.rate];
  const detection = cancerDetectionRate.rate * 1000;
  const within = (value: number, low: number, high: number) => value >= low && value <= high;
  return {
    sensitivityAndSpecificity: (sens >= 0.8 && spec >= 0.85) || (within(sens, 0.75, 0.8) && within(spec, 0.88, 0.97)),
    detectionAndRecall:
      (detection >= 6 && within(recall, 0.03, 0.2)) ||
      (within(detection, 4, 6) && within(recall, 0.03, 0.15) && ppv >= 0.03) ||
      (within(detection, 2.5, 4) && within(recall, 0.05, 0.12) && within(ppv, 0.03, 0.08)),
  };
}
