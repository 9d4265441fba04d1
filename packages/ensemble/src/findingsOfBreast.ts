import { type Box, type Laterality, type LesionKind, minMax, requireKnownKeys, type ViewPosition } from "@mammo/mammogram";
import { calibrateFinding, type FindingCalibrator, plainFindingCalibrator } from "./calibrate/findingCalibrator.ts";
import { checkPlaced, checkSide } from "./checkFinding.ts";
import type { Finding } from "./finding.ts";
import { logit } from "./logit.ts";
import type { PlaceInBreast } from "./place/placeInBreast.ts";
import { poolLogits } from "./poolProbabilities.ts";

/** A peak of a view's heatmap. */
export interface Peak {
  readonly box: Box;
  /** Of the heatmap there, natural logarithm. Only differences within one view count. */
  readonly logOdds: number;
  readonly kind?: LesionKind;
  readonly place?: PlaceInBreast;
  /** Share of the models asked that mark it, in [0, 1]. */
  readonly agreement?: number;
}

/** What an image classifier says of one view. */
export interface ViewResult {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  /** The caller's own name of the image. */
  readonly image?: string;
  /** Calibrated probability of the view, in [0, 1]. */
  readonly probability: number;
  /** At least one: a heatmap always has a highest place, however low. */
  readonly peaks: readonly Peak[];
}

/**
 * Turns the views of one breast, each with one probability and the peaks of its heatmap, into findings that explain them.
 *
 * The breast's logit is the mean of its views' logits. A view's highest peak stands for the whole view, its other peaks lie
 * below by their log odds; then all findings of the breast move together until the highest one has the
 * breast's logit. So the breast's probability is that of its highest finding by construction, and neither the order of the
 * peaks in a view nor the order of the views changes. How much the distances count is the `calibrator`'s, one finding at a time
 * (`fitFindingCalibrator`); without it they are taken as they are. Any number of views, any of the 16 codes, the same one twice.
 * Findings come by falling probability.
 *
 * Source: ours. Documented is only the demand (finding, breast and exam "consistent by construction", MammoScreen 2.0).
 *
 * @throws RangeError for no views, an unknown side or view, a box without extent, views of both breasts, a view without a peak, logOdds that are not finite, a probability outside [0, 1].
 * @example
 * const findings = findingsOfBreast([
 *   { laterality: "L", view: "CC", probability: 0.2, peaks: [{ box, logOdds: 1.4 }, { box: other, logOdds: -0.6 }] },
 *   { laterality: "L", view: "MLO", probability: 0.2, peaks: [{ box, logOdds: 0.3 }] },
 * ]);
 * findings[0].probability; // 0.2
 */
export function findingsOfBreast(views: readonly ViewResult[], options: { readonly calibrator?: FindingCalibrator } = {}): Finding[] {
  requireKnownKeys("findingsOfBreast", options, { calibrator: true });
  const { calibrator = plainFindingCalibrator } = options;
  const laterality = views[0]?.laterality;
  if (laterality === undefined) throw new RangeError("Expected at least one view of the breast, got none");
  for (const [i, { laterality: other, view, peaks }] of views.entries()) {
    checkSide({ laterality: other, view }, `views[${i}]`);
    if (other !== laterality) throw new RangeError(`Expected views of one breast, got ${laterality} and ${other}`);
    if (peaks.length === 0) throw new RangeError(`Expected at least one peak in view ${laterality}-${view}, got none`);
    for (const [k, peak] of peaks.entries()) {
      const { logOdds } = peak;
      checkPlaced(peak, `views[${i}].peaks[${k}]`);
      if (!Number.isFinite(logOdds)) throw new RangeError(`Expected finite logOdds in view ${laterality}-${view}, got ${logOdds}`);
    }
  }
  const viewLogits = views.map(({ probability }) => logit(probability));
  const breastLogit = poolLogits(viewLogits);
  const top = minMax(viewLogits)[1];
  const findings = views.flatMap(({ view, image, peaks }, i): Finding[] => {
    const strongest = minMax(peaks.map(({ logOdds }) => logOdds))[1];
    return peaks.map(({ box, logOdds, kind, place, agreement }) => {
      const below = { view: viewLogits[i]! - top, peak: logOdds - strongest };
      return {
        laterality,
        view,
        ...(image === undefined ? {} : { image }),
        box,
        probability: calibrateFinding(calibrator, { breastLogit, below }),
        below,
        ...(kind === undefined ? {} : { kind }),
        ...(place === undefined ? {} : { place }),
        ...(agreement === undefined ? {} : { agreement }),
      };
    });
  });
  return findings.sort((a, b) => b.probability - a.probability);
}
