// A bundle calibrated anew on exams of a site or of a cohort: its members stay, what their logits mean is fitted again.
import {
  type Calibrator,
  calibrate,
  type FindingCalibrator,
  fitFindingCalibrator,
  fitPlatt,
  type LabeledFinding,
  type PlattCalibrator,
  type RankReference,
  type ScaleStability,
  type ScoreScale,
  scaleStability,
} from "@mammo/ensemble";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import type { BundleFile } from "../bundle/bundleFile.ts";
import { groupBy } from "../groupBy.ts";
import { PipelineError } from "../pipelineError.ts";
import type { BreastPrediction } from "../predict/predictViews.ts";
import { type CutOptions, fitCuts } from "./fitCuts.ts";
import { referenceOf } from "./referenceOf.ts";

/** How a bundle is calibrated anew. */
export interface RecalibrateOptions extends CutOptions {
  readonly seed: number;
  /** Findings of these women with known truth: the bundle's calibrator of findings is fitted too. */
  readonly findings?: readonly LabeledFinding[];
}

/** What is put in the place of a bundle's own, and how it was fitted. */
export interface Recalibration {
  /** Of the members' logits: stands in bundle.json. */
  readonly calibrator: PlattCalibrator;
  readonly scale: ScoreScale;
  /** What other devices' scores are aligned to (`referenceOf`); absent where too few women have no cancer. */
  readonly reference?: RankReference;
  /** Absent without findings, or where fewer than `fewestFindings` lie on cancers. */
  readonly findingCalibrator?: FindingCalibrator;
  /** Of the bundle's former logits: what predictions made with it are to be put through. */
  readonly correction: PlattCalibrator;
  /** Share of cancers among the breasts that it was fitted on. */
  readonly prevalence: number;
  readonly women: number;
  readonly breasts: number;
  readonly cancers: number;
  /** How far scores of these women would move, had other ones been drawn. */
  readonly stability: ScaleStability;
}

/**
 * Predictions of a bundle on breasts of known status -> its calibrator and scale fitted anew (Platt; cuts of the women's highest breasts).
 *
 * breasts: `logit` of the bundle's own calibrated probability (predictions.tsv of `npm run predict`), at least 50 women, both classes. A breast's logit is the mean of its views', and a straight line of
 * a mean is the mean of straight lines: so the new calibrator gives each view, too, what the breasts' fit says.
 *
 * Source: ours; Platt 1999 with his targets.
 *
 * @throws PipelineError `uncalibrated` for a bundle whose calibrator is no straight line of logits, and where the new one is level (logits that do not rise with cancer); RangeError for fewer than 50 women, one class alone, what
 * `fitScale` and `fitRiskScale` refuse.
 * @example const { calibrator, scale } = recalibrate(bundle, breasts, { sha256, seed: 1 });
 */
export function recalibrate(
  bundle: Pick<BundleFile, "calibrator">,
  breasts: readonly BreastPrediction[],
  options: RecalibrateOptions,
): Recalibration {
  requireKnownKeys("recalibrate", options, { findings: true, scale: true, prevalence: true, sha256: true, seed: true });
  const line = lineOf(bundle.calibrator);
  const known = breasts.filter(({ cancer }) => cancer !== undefined);
  const women = [...groupBy(known, ({ patientId }) => patientId).values()];
  const cancers = known.filter(({ cancer }) => cancer === 1).length;
  if (women.length < 50) throw new RangeError(`Expected at least 50 women with labels, got ${women.length}`);
  if (cancers === 0 || cancers === known.length)
    throw new RangeError(`Expected breasts with and without cancer, got ${cancers} with of ${known.length}`);
  const correction = fitPlatt(
    known.map(({ logit }) => logit),
    known.map(({ cancer }) => cancer!),
  );
  if (correction.slope === 0)
    throw new PipelineError("uncalibrated", "Expected scores that rise with cancer, but on these women they do not: no calibration can mend that");
  const probabilities = women.map((own) => minMax(own.map(({ logit }) => calibrate(correction, logit)))[1]);
  const labels = women.map((own) => Number(own.some(({ cancer }) => cancer === 1)));
  const fit = (sample: readonly number[]): ScoreScale =>
    fitCuts("the calibration women", { probabilities: sample.map((i) => probabilities[i]!), labels: sample.map((i) => labels[i]!) }, options);
  const reference = referenceOf(known, { calibrator: correction, sha256: options.sha256 });
  const scale = fit(women.map((_, i) => i));
  return {
    calibrator: { kind: "platt", slope: correction.slope * line.slope, intercept: correction.slope * line.intercept + correction.intercept },
    scale,
    ...(reference && { reference }),
    ...fitFindings(options.findings ?? [], correction),
    correction,
    prevalence: cancers / known.length,
    ...{ women: women.length, breasts: known.length, cancers },
    stability: scaleStability(scale, probabilities, fit, { seed: options.seed }),
  };
}

/** Two weights are fitted: ten cases each are few enough. Ours. */
const fewestFindings = 20;

function fitFindings(findings: readonly LabeledFinding[], correction: PlattCalibrator): Pick<Recalibration, "findingCalibrator"> {
  if (findings.filter(({ cancer }) => cancer === 1).length < fewestFindings || findings.every(({ cancer }) => cancer === 1)) return {};
  return { findingCalibrator: fitFindingCalibrator(correctFindings(findings, correction)) };
}

/** Findings as the corrected bundle gives them: their breast and view on the new line, the heatmaps as they were. */
export const correctFindings = (findings: readonly LabeledFinding[], { slope, intercept }: PlattCalibrator): readonly LabeledFinding[] =>
  findings.map(({ breastLogit, below, cancer }) => ({
    breastLogit: slope * breastLogit + intercept,
    below: { view: slope * below.view, peak: below.peak },
    cancer,
  }));

/** A calibrator as a straight line of logits. */
function lineOf(calibrator: Calibrator): Pick<PlattCalibrator, "slope" | "intercept"> {
  if (calibrator.kind === "platt") return calibrator;
  if (calibrator.kind === "temperature") return { slope: 1 / calibrator.temperature, intercept: 0 };
  throw new PipelineError(
    "uncalibrated",
    `Expected a bundle whose calibrator is a straight line of logits (platt, temperature), got ${calibrator.kind}: calibrate its members anew`,
  );
}
