import type { Grid } from "@mammo/mammogram";
import { type DreamNet, type DreamNetOptions, dreamNet, type Examination, examineView } from "@mammo/models";

/** What the pipeline asks of a kind of model: how it is made, and how it examines a view. Its heatmap names its classes itself. */
export interface Family<Options, Net> {
  /** As reports name it. */
  readonly title: string;
  readonly create: (options: Options) => Net;
  /** A view -> its logit and the heatmap behind it. */
  readonly examine: (model: Net, view: Grid) => Promise<Examination>;
}

/** The kinds of model that a bundle may hold; a new one is a new line here. */
export const families = {
  dreamNet: { title: "DreamNet", create: dreamNet, examine: examineView } satisfies Family<DreamNetOptions, DreamNet>,
} as const;

/** A name of `families`. */
export type FamilyName = keyof typeof families;

/** A model of any family. */
export type FamilyModel = ReturnType<(typeof families)[FamilyName]["create"]>;

/** The options of any family's model. */
export type FamilyOptions = DreamNetOptions;
