import type { Box, Laterality, LesionKind, ViewPosition } from "@mammo/mammogram";
import type { FindingDistance } from "./calibrate/findingCalibrator.ts";
import type { PlaceInBreast } from "./place/placeInBreast.ts";

/** A suspicious place in one image of an exam. */
export interface Finding {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  /** The caller's own name of the image, since an exam may hold one view twice. */
  readonly image?: string;
  /** Pixels of whichever image the caller speaks of (standard or source); passed through untouched. */
  readonly box: Box;
  /** Calibrated, in [0, 1]. */
  readonly probability: number;
  /** From the highest finding of its breast, as `findingsOfBreast` measures it: what `fitFindingCalibrator` learns from. */
  readonly below?: FindingDistance;
  /** Share of the models asked that mark the place themselves, in [0, 1] (0: only all together see it); absent where only one was asked. */
  readonly agreement?: number;
  readonly kind?: LesionKind;
  /** As `placeInBreast` measures it, in the finding's own view. Without it the finding is not paired. */
  readonly place?: PlaceInBreast;
}
