import type { Grid } from "@mammo/mammogram";
import {
  type DreamNet,
  type DreamNetOptions,
  detectLesions,
  dreamNet,
  type Examination,
  examineView,
  kindClasses,
  type LesionDetection,
  pathologyClasses,
  type RetinaNet,
  type RetinaNetOptions,
  retinaNet,
  retinaNetDefaults,
  type ViewFeatures,
  viewFeatures,
} from "@mammo/models";

/** Of a view: no detector has more pixels, and the graph none of less. */
const sides = [192, 8192] as const;
const mostPixels = 6000 * 8000;

const need = (isGood: boolean, what: string): void => {
  if (!isGood) throw new RangeError(`Expected ${what}`);
};
const isShare = (value: unknown): boolean => typeof value === "number" && value > 0 && value <= 1;

function parseDreamNetOptions(options: Readonly<Record<string, unknown>>): DreamNetOptions {
  const { classes, width, seed, rows, columns, heatmap, headWidth } = options;
  const isSide = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= sides[0] && (value as number) <= sides[1];
  need(Array.isArray(classes) && classes.length > 0 && classes.length <= 100, "1 to 100 classes");
  need(
    (classes as unknown[]).every((name) => typeof name === "string" && /^[\w -]{1,64}$/.test(name)),
    "names of classes in letters",
  );
  need(isShare(width), "width in (0, 1]");
  need(headWidth === undefined || isShare(headWidth), "headWidth in (0, 1]");
  need(Number.isSafeInteger(seed), "a whole number as seed");
  need(isSide(rows) && isSide(columns) && (rows as number) * (columns as number) <= mostPixels, `rows and columns from ${sides[0]} to ${sides[1]}`);
  need(typeof heatmap === "string" && ["relu", "softmax", "linear"].includes(heatmap), "heatmap to be relu, softmax or linear");
  return {
    classes: classes as string[],
    width: width as number,
    seed: seed as number,
    rows: rows as number,
    columns: columns as number,
    heatmap: heatmap as DreamNetOptions["heatmap"],
    ...(headWidth === undefined ? {} : { headWidth: headWidth as number }),
  };
}

/** What the pipeline asks of a kind of model: how it is made, and how it examines a view. Its heatmap names its classes itself. */
export interface Family<Options, Net> {
  /** As reports name it. */
  readonly title: string;
  readonly create: (options: Options) => Net;
  /** Options from a file, each checked: what is created from them takes memory. @throws RangeError. */
  readonly parseOptions: (options: Readonly<Record<string, unknown>>) => Options;
  /** A view -> its logit and the heatmap behind it. */
  readonly examine: (model: Net, view: Grid) => Promise<Examination>;
  /** A view -> its logit and the features behind it, pooled over the view: as many for each view. */
  readonly features: (model: Net, view: Grid) => Promise<ViewFeatures>;
}

/** The kinds of model that a bundle may hold; a new one is a new line here. */
export const families = {
  dreamNet: {
    title: "DreamNet",
    create: dreamNet,
    parseOptions: parseDreamNetOptions,
    examine: examineView,
    features: viewFeatures,
  } satisfies Family<DreamNetOptions, DreamNet>,
} as const;

/** A name of `families`. */
export type FamilyName = keyof typeof families;

/** A model of any family. */
export type FamilyModel = ReturnType<(typeof families)[FamilyName]["create"]>;

/** The options of any family's model. */
export type FamilyOptions = DreamNetOptions;

/** Boxes below are no findings; the recipe's tests count marks from a lower one. Ours. */
const leastScore = 0.1;

function parseRetinaNetOptions(options: Readonly<Record<string, unknown>>): RetinaNetOptions {
  const { classes, width, seed, blocks, anchorSizes, anchorRatios, prior } = options;
  const isOneOf = (known: readonly string[]) =>
    Array.isArray(classes) && classes.length > 0 && classes.every((name) => known.includes(name as string));
  const isList = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.length <= 10 && value.every((one) => typeof one === "number" && one > 0 && one <= 100);
  need(isOneOf(kindClasses) || isOneOf(pathologyClasses), "classes among kinds of lesion");
  need(isShare(width), "width in (0, 1]");
  need(Number.isSafeInteger(seed), "a whole number as seed");
  need(Array.isArray(blocks) && blocks.join() === retinaNetDefaults.blocks.join(), `the blocks ${retinaNetDefaults.blocks.join(", ")}`);
  need(isList(anchorSizes) && isList(anchorRatios), "sizes and ratios of anchors");
  need(typeof prior === "number" && prior > 0 && prior < 1, "a prior in (0, 1)");
  return {
    classes: classes as string[],
    width: width as number,
    seed: seed as number,
    blocks: blocks as string[],
    anchorSizes: anchorSizes as number[],
    anchorRatios: anchorRatios as number[],
    prior: prior as number,
  };
}

/** What the pipeline asks of a kind of detector. */
export interface DetectorFamily<Options, Net> extends Pick<Family<Options, Net>, "title" | "create" | "parseOptions"> {
  /** A view -> boxes in its pixels, by falling score. */
  readonly detect: (model: Net, view: Grid) => Promise<readonly LesionDetection[]>;
}

/** The kinds of detector that a bundle may hold. */
export const detectorFamilies = {
  retinaNet: {
    title: "RetinaNet",
    create: retinaNet,
    parseOptions: parseRetinaNetOptions,
    detect: (model, view) => detectLesions(model, view, { minScore: leastScore, most: 20 }),
  } satisfies DetectorFamily<RetinaNetOptions, RetinaNet>,
} as const;

/** A name of `detectorFamilies`. */
export type DetectorFamilyName = keyof typeof detectorFamilies;

/** A detector of any family. */
export type DetectorModel = ReturnType<(typeof detectorFamilies)[DetectorFamilyName]["create"]>;

/** The options of any family's detector. */
export type DetectorOptions = RetinaNetOptions;
