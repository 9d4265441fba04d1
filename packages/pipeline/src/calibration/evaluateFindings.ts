import { calibrateFinding, type FindingCalibrator, type LabeledFinding } from "@mammo/ensemble";
import { calibrationError } from "@mammo/metrics";

/** What findings' probabilities are worth. */
export interface FindingMetrics {
  readonly findings: number;
  readonly cancers: number;
  /** Sum of the probabilities. */
  readonly expected: number;
  /** Over 15 bins of equal mass. */
  readonly expectedCalibrationError: number;
}

/**
 * Whether probabilities of findings mean what they say, finding by finding.
 *
 * findings: of women whom neither members nor calibrator have seen, with their breasts' calibrated logits (`correctFindings` of recalibrated bundles).
 *
 * @throws RangeError as `calibrationError`.
 */
export function evaluateFindings(findings: readonly LabeledFinding[], calibrator: FindingCalibrator): FindingMetrics {
  const labels = findings.map(({ cancer }) => cancer);
  const probabilities = findings.map((finding) => calibrateFinding(calibrator, finding));
  return {
    findings: findings.length,
    cancers: labels.filter((label) => label === 1).length,
    expected: probabilities.reduce((sum, one) => sum + one, 0),
    expectedCalibrationError: calibrationError(labels, probabilities, { bins: 15, strategy: "quantile" }).expected,
  };
}
