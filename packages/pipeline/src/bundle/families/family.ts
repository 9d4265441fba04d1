// What the pipeline asks of a kind of model.
import type { Box, Grid, Laterality, LesionKind, Point, ViewPosition } from "@mammo/mammogram";
import type { HeatmapLogits, LesionDetection, RunnerOptions, ViewFeatures } from "@mammo/models";

/** A view of an exam, as standard images are: chest wall left. */
export interface ViewOfExam extends Grid {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly mmPerPixel: number;
  readonly nipple?: Point | undefined;
}

/** A place in a view, and how suspicious a model finds it. */
export interface SuspiciousPlace {
  /** Pixels of the view. */
  readonly box: Box;
  /** Of a malignant lesion there, in [0, 1]; not calibrated. */
  readonly score: number;
  readonly kind?: LesionKind;
}

/** What a model of any family says of one view. */
export interface FamilyExamination {
  /** Of cancer in the view; uncalibrated. */
  readonly logit: number;
  /** Of nets that see the whole view. */
  readonly heatmap?: HeatmapLogits;
  /** Of nets that see lesions, in falling score. */
  readonly places?: readonly SuspiciousPlace[];
  /** Of nets that find lesions: those that others are to look at, of any pathology. */
  readonly proposals?: readonly LesionDetection[];
}

/** What the pipeline asks of a kind of model: how it is made, and how it examines the views of an exam. A heatmap names its classes itself. */
export interface Family<Options, Net> {
  /** As reports name it. */
  readonly title: string;
  readonly create: (options: Options) => Net;
  /** Options from a file, each checked: what is created from them takes memory. @throws RangeError. */
  readonly parseOptions: (options: Readonly<Record<string, unknown>>) => Options;
  /** It looks at places that a RetinaNet of the same seed and fold has found. Default false. */
  readonly needsProposals?: boolean;
  /** All views of one exam, and what was proposed in each -> what the model says of each, in their order. */
  readonly examine: (
    model: Net,
    views: readonly ViewOfExam[],
    proposals: readonly (readonly LesionDetection[])[],
    options?: RunnerOptions,
  ) => Promise<readonly FamilyExamination[]>;
  /** A view -> its logit and the features behind it, pooled over the view: as many for each view. Of nets that see one whole view. */
  readonly features?: (model: Net, view: Grid) => Promise<ViewFeatures>;
}

/** Below, a score says no more than that nothing was found: a view without any place has the logit of it. */
const least = 1e-6;

/** Highest of the scores as a logit; of none, what is said of a view where nothing was found. */
export function highestLogit(places: readonly Pick<SuspiciousPlace, "score">[]): number {
  const highest = places.reduce((most, { score }) => Math.max(most, score), least);
  const p = Math.min(highest, 1 - least);
  return Math.log(p / (1 - p));
}
