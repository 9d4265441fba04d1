import { DicomError, type MammoHeader, type StandardImage } from "@mammo/io";
import { type Cohort, CohortError, type CohortImage, readCohortMammogram } from "@mammo/io/node";
import type { Grid, Laterality } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { ViewFeatures } from "@mammo/models";
import { deviceName } from "../deviceName.ts";
import { PipelineError } from "../pipelineError.ts";
import type { Progress } from "../progress.ts";
import { segmentSource } from "../standardization/segmentSource.ts";
import { type ImageVariants, type VariantName, variantNames, variantsOf } from "./variants.ts";

/** What a net and its file tell of one image. */
export interface ProbedImage {
  readonly id: string;
  readonly patientId: string;
  readonly laterality: Laterality;
  readonly cancer: 0 | 1 | undefined;
  /** Of the standard image, pooled over the view: what is asked for the traits. */
  readonly features: Float32Array;
  /** Of cancer, uncalibrated, by variant. */
  readonly logits: Readonly<Record<VariantName, number>>;
  /** Trait -> value, such as device -> Aldebaran 12; without those that are not known. */
  readonly traits: Readonly<Record<string, string>>;
  /** Share of the file's picture beside the breast that is not dark. */
  readonly border: number;
  /** Lead markers found in the breast. */
  readonly leadMarkers: number;
}

/** An image that changed much from one variant to the next, to be shown. */
export interface ProbeExample {
  readonly from: VariantName;
  readonly to: VariantName;
  readonly before: Grid;
  readonly after: Grid;
  /** Logit after, less logit before. */
  readonly change: number;
}

/** All images of a cohort through one net. */
export interface ProbedCohort {
  readonly images: readonly ProbedImage[];
  /** For each step from variant to variant the images that changed most. */
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
  options: { readonly traits?: ReadonlyMap<string, Readonly<Record<string, string>>> | undefined } = {},
): AsyncGenerator<Progress, ProbedCohort> {
  requireKnownKeys("examineForProbe", options, { traits: true });
  const { traits } = options;
  const total = cohort.images.length;
  if (total === 0) throw new PipelineError("empty-cohort", "Expected a cohort with at least one image, got none");
  const images: ProbedImage[] = [];
  const shown = variantNames.slice(1).map((): ProbeExample[] => []);
  for (const [index, image] of cohort.images.entries()) {
    const { header, standard, ...found } = await readVariants(image, index);
    const { features, logit } = await net(found.variants.standard);
    const logits: Record<VariantName, number> = { whole: 0, standard: logit, unmarked: logit, cut: 0 };
    for (const name of variantNames)
      if (found.variants[name].pixels !== found.variants.standard.pixels) logits[name] = (await net(found.variants[name])).logit;
    variantNames.slice(1).forEach((to, step) => {
      const from = variantNames[step]!;
      const example = { from, to, before: found.variants[from], after: found.variants[to], change: logits[to] - logits[from] };
      if (example.before.pixels === example.after.pixels) return;
      shown[step] = [...shown[step]!, example].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, mostExamples);
    });
    const { id, patientId, laterality, cancer } = image;
    const { border, leadMarkers } = found;
    images.push({
      id,
      patientId,
      laterality,
      cancer,
      features,
      logits,
      border,
      leadMarkers,
      traits: { ...traitsOf(image, header, standard, found), ...traits?.get(id) },
    });
    yield { phase: "probe", done: images.length, total };
  }
  return { images, examples: shown.flat() };
}

async function readVariants(
  image: CohortImage,
  index: number,
): Promise<ImageVariants & { readonly header: MammoHeader | undefined; readonly standard: StandardImage }> {
  try {
    const segmented = await segmentSource({ read: (options) => readCohortMammogram(image, options) }, {});
    return { header: segmented.header, standard: segmented.image, ...variantsOf(segmented) };
  } catch (cause) {
    if (!(cause instanceof DicomError || cause instanceof CohortError)) throw cause;
    throw new PipelineError(cause.code, `Image ${index + 1} of the cohort: ${cause.message}`, { cause });
  }
}

/** What the probe asks of itself: no column of a table may be called so. The last is made of all images, by `askTraits`. */
export const ownTraits = [
  "laterality",
  "view",
  "device",
  "implant",
  "file format",
  "file spacing",
  "file size",
  "lead marker in the breast",
  "lead marker beside the breast",
  "bright border",
] as const;

/** What a file and its header say, each as a text. */
function traitsOf(
  { laterality, view, format }: CohortImage,
  header: MammoHeader | undefined,
  { source }: StandardImage,
  { leadMarkers, leadMarkersBeside }: ImageVariants,
): Readonly<Partial<Record<(typeof ownTraits)[number], string>>> {
  const yesOrNo = (is: boolean) => (is ? "yes" : "no");
  const device = header && deviceName(header);
  return {
    laterality,
    view,
    ...(device ? { device } : {}),
    ...(header?.hasImplant === undefined ? {} : { implant: yesOrNo(header.hasImplant) }),
    "file format": format,
    "file spacing": `${source.mmPerPixel[0].toFixed(3)} mm`,
    "file size": `${source.rows} x ${source.columns}`,
    "lead marker in the breast": yesOrNo(leadMarkers > 0),
    "lead marker beside the breast": yesOrNo(leadMarkersBeside > 0),
  };
}
