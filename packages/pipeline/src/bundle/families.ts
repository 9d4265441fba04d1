import type { LesionKind } from "@mammo/mammogram";
import { type DreamNet, type DreamNetOptions, dreamNet, type Examination, examineView, type Grid } from "@mammo/models";

/** What the pipeline asks of a kind of model: how it is made, how it looks at a view, and which cells of its heatmap speak of which lesion. */
export interface Family<Options, Net> {
  /** As reports name it. */
  readonly title: string;
  readonly create: (options: Options) => Net;
  /** A view -> its logit and the heatmap behind it. */
  readonly examine: (model: Net, view: Grid) => Promise<Examination>;
  /** The heatmap's malignant classes, by index. */
  readonly malignant: Readonly<Record<number, LesionKind>>;
}

/** The kinds of model that a bundle may hold; a new one is a new line here. */
export const families = {
  // Of DetectorNet's five classes; distortions and asymmetries train as masses.
  dreamNet: { title: "DreamNet", create: dreamNet, examine: examineView, malignant: { 3: "calcification", 4: "mass" } } satisfies Family<
    DreamNetOptions,
    DreamNet
  >,
} as const;

/** A name of `families`. */
export type FamilyName = keyof typeof families;

/** A model of any family. */
export type FamilyModel = ReturnType<(typeof families)[FamilyName]["create"]>;

/** The options of any family's model. */
export type FamilyOptions = DreamNetOptions;

/** The malignant classes of a family's heatmap. */
export const malignantClasses = (family: FamilyName): readonly number[] => Object.keys(families[family].malignant).map(Number);
