import { DicomError, type MammoHeader, type StandardImage } from "@mammo/io";
import { type Cohort, CohortError, type CohortImage, readCohortMammogram } from "@mammo/io/node";
import type { Grid, Laterality } from "@mammo/mammogram";
import type { ViewFeatures } from "@mammo/models";
import { PipelineError } from "../pipelineError.ts";
import type { Progress } from "../progress.ts";
import { segmentSource } from "../standardization/segmentSource.ts";
import { type LookName, type Looks, lookNames, looksOf } from "./looks.ts";

/** What a net and its file tell of one image. */
export interface ProbedImage {
  readonly id: string;
  readonly patientId: string;
  readonly laterality: Laterality;
  readonly cancer: 0 | 1 | undefined;
  /** Of the standard image, pooled over the view: what is asked for the traits. */
  readonly features: Float32Array;
  /** Of cancer, uncalibrated, by look. */
  readonly logits: Readonly<Record<LookName, number>>;
  /** Trait -> value, such as device -> Aldebaran 12; without those that are not known. */
  readonly traits: Readonly<Record<string, string>>;
  /** Share of the file's picture beside the breast that is not dark. */
  readonly border: number;
  /** Marks of lead found in the breast. */
  readonly marks: number;
}

/** An image that changed much from one look to the next, to be shown. */
export interface ProbeExample {
  readonly from: LookName;
  readonly to: LookName;
  readonly before: Grid;
  readonly after: Grid;
  /** Logit after, less logit before. */
  readonly change: number;
}

/** All images of a cohort through one net. */
export interface ProbedCohort {
  readonly images: readonly ProbedImage[];
  /** For each step from look to look the images that changed most. */
  readonly examples: readonly ProbeExample[];
}

/** What is asked of a net: `features` of a family of the pipeline. */
export type ProbedNet = (view: Grid) => Promise<ViewFeatures>;

/** Of each step. */
const mostExamples = 3;

/**
 * Reads the images of a cohort one by one, and runs each through a net as it is and with what is not the breast taken away. Yields after each image. Memory holds one image
 * and a few examples.
 *
 * `traits`: what a table says of images, by id, beside what their files say.
 *
 * @throws PipelineError with @mammo/io's code where an image cannot be read; its text names the image by its number in the cohort; `empty-cohort` for a cohort without images.
 */
export async function* examineForProbe(
  cohort: Pick<Cohort, "images">,
  net: ProbedNet,
  { traits }: { readonly traits?: ReadonlyMap<string, Readonly<Record<string, string>>> | undefined } = {},
): AsyncGenerator<Progress, ProbedCohort> {
  const total = cohort.images.length;
  if (total === 0) throw new PipelineError("empty-cohort", "Expected a cohort with at least one image, got none");
  const images: ProbedImage[] = [];
  const shown = lookNames.slice(1).map((): ProbeExample[] => []);
  for (const [index, image] of cohort.images.entries()) {
    const { header, standard, ...found } = await readLooks(image, index);
    const { features, logit } = await net(found.looks.standard);
    const logits: Record<LookName, number> = { whole: 0, standard: logit, unmarked: logit, cut: 0 };
    for (const name of lookNames) if (found.looks[name].pixels !== found.looks.standard.pixels) logits[name] = (await net(found.looks[name])).logit;
    lookNames.slice(1).forEach((to, step) => {
      const from = lookNames[step]!;
      const example = { from, to, before: found.looks[from], after: found.looks[to], change: logits[to] - logits[from] };
      if (example.before.pixels === example.after.pixels) return;
      shown[step] = [...shown[step]!, example].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, mostExamples);
    });
    const { id, patientId, laterality, cancer } = image;
    const { border, marks } = found;
    images.push({
      id,
      patientId,
      laterality,
      cancer,
      features,
      logits,
      border,
      marks,
      traits: { ...traitsOf(image, header, standard, found), ...traits?.get(id) },
    });
    yield { phase: "probe", done: images.length, total };
  }
  return { images, examples: shown.flat() };
}

async function readLooks(
  image: CohortImage,
  index: number,
): Promise<Looks & { readonly header: MammoHeader | undefined; readonly standard: StandardImage }> {
  try {
    const segmented = await segmentSource({ read: (options) => readCohortMammogram(image, options) }, {});
    return { header: segmented.header, standard: segmented.image, ...looksOf(segmented) };
  } catch (cause) {
    if (!(cause instanceof DicomError || cause instanceof CohortError)) throw cause;
    throw new PipelineError(cause.code, `Image ${index + 1} of the cohort: ${cause.message}`, { cause });
  }
}

/** What a file and its header say, each as a text. */
function traitsOf(
  { laterality, view, format }: CohortImage,
  header: MammoHeader | undefined,
  { source }: StandardImage,
  { marks, marksBeside }: Looks,
): Readonly<Record<string, string>> {
  const yesOrNo = (is: boolean) => (is ? "yes" : "no");
  const device = header && [header.device.manufacturer, header.device.model].filter(Boolean).join(" ");
  return {
    laterality,
    view,
    ...(device ? { device } : {}),
    ...(header?.hasImplant === undefined ? {} : { implant: yesOrNo(header.hasImplant) }),
    "file format": format,
    "file spacing": `${source.mmPerPixel[0].toFixed(3)} mm`,
    "file size": `${source.rows} x ${source.columns}`,
    "marker in the breast": yesOrNo(marks > 0),
    "marker beside the breast": yesOrNo(marksBeside > 0),
  };
}
