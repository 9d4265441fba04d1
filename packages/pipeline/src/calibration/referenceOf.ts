import { type Calibrator, calibrate, freezeRanks, logit, type RankReference } from "@mammo/ensemble";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { groupBy } from "../groupBy.ts";
import type { BreastPrediction } from "../predict/predictViews.ts";

/** Fewer women have no quantiles. */
const fewestWomen = 10;

/**
 * What `alignDevice` brings another device's scores to: of each woman without cancer the logit of her highest breast's calibrated probability, frozen. Women with cancer are left out, since a calibration set has many more of
 * them than screening. Undefined for fewer than ten women.
 *
 * @throws RangeError as `calibrate` and `freezeRanks`.
 * @example const reference = referenceOf(breasts, { calibrator, sha256: cohort.sha256 });
 */
export function referenceOf(
  breasts: readonly BreastPrediction[],
  options: { readonly calibrator: Calibrator; readonly sha256: string },
): RankReference | undefined {
  requireKnownKeys("referenceOf", options, { calibrator: true, sha256: true });
  const { calibrator, sha256 } = options;
  const women = [...groupBy(breasts, ({ patientId }) => patientId).values()].filter((own) => own.every(({ cancer }) => cancer === 0));
  if (women.length < fewestWomen) return undefined;
  return freezeRanks(
    // Of the probability, not of the line of logits: so the tables of `npm run predict` say it, too.
    women.map((own) => minMax(own.map((breast) => logit(calibrate(calibrator, breast.logit))))[1]),
    { sha256 },
  );
}
