// What S1 is judged by: patches of women that it has not seen, and the plainest score of their films.
import { keyedRandom, minMax } from "@mammo/mammogram";
import { auroc } from "@mammo/metrics";
import { crop, type DetectorNet, detectorClasses } from "@mammo/models";
import { tensor4d, tidy } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { backgroundPlace } from "../patches/backgroundPlace.ts";
import { isTrainedOn, nearLesion } from "./lesionPatches.ts";

/** Areas under the ROC curve of a detector on patches. */
export interface DetectorValidation {
  readonly patches: number;
  readonly lesions: number;
  /** Any lesion against background, by patch. */
  readonly lesionAuroc: number;
  /** Malignant against benign lesions: the mean over each lesion's patches. NaN where one of them is missing. */
  readonly malignantAuroc: number;
}

/** Patches for each lesion, each off its middle by another step, and background patches for each view. */
const perLesion = 4;
const perView = 4;

interface Patch {
  readonly view: StoredView;
  readonly center: readonly [row: number, column: number];
  readonly lesion: string | undefined;
  readonly malignant: boolean;
}

/** Scores a detector on the lesions and the background of views; the same patches for every detector. */
export async function validateDetector(detector: DetectorNet, views: readonly StoredView[], side: number): Promise<DetectorValidation> {
  const patches = await choosePatches(views);
  const scores: { readonly lesion: number; readonly malignant: number }[] = [];
  for (let from = 0; from < patches.length; from += 16)
    for (const score of await scorePatches(detector, patches.slice(from, from + 16), side)) scores.push(score);
  const lesions = new Map<string, { readonly malignant: boolean; sum: number }>();
  for (const [index, { lesion, malignant }] of patches.entries()) {
    if (lesion === undefined) continue;
    const own = lesions.get(lesion) ?? { malignant, sum: 0 };
    own.sum += scores[index]!.malignant;
    lesions.set(lesion, own);
  }
  const found = [...lesions.values()];
  return {
    patches: patches.length,
    lesions: found.length,
    lesionAuroc: areaOf(
      patches.map(({ lesion }) => lesion !== undefined),
      scores.map(({ lesion }) => lesion),
    ),
    malignantAuroc: areaOf(
      found.map(({ malignant }) => malignant),
      found.map(({ sum }) => sum),
    ),
  };
}

async function choosePatches(views: readonly StoredView[]): Promise<Patch[]> {
  const patches: Patch[] = [];
  for (const view of views) {
    const random = keyedRandom("validation patches", view.id);
    const source = await view.read();
    for (const [index, lesion] of view.lesions.filter(isTrainedOn).entries())
      for (let one = 0; one < perLesion; one++)
        patches.push({ view, center: nearLesion(random, lesion), lesion: `${view.id} ${index}`, malignant: lesion.malignant });
    for (let one = 0; one < perView; one++)
      patches.push({ view, center: backgroundPlace(random, view, source), lesion: undefined, malignant: false });
  }
  return patches;
}

async function scorePatches(detector: DetectorNet, patches: readonly Patch[], side: number) {
  const pixels = new Float32Array(patches.length * side * side);
  for (const [index, { view, center }] of patches.entries())
    crop(await view.read(), { center, rows: side, columns: side }, pixels.subarray(index * side * side, (index + 1) * side * side));
  const logits = tidy(() => detector.apply(tensor4d(pixels, [patches.length, side, side, 1])));
  const values = await logits.data();
  const classes = logits.size / patches.length;
  logits.dispose();
  return patches.map((_, index) => {
    const own = detectorClasses.map((_, at) => values[index * classes + at]!);
    const [background, ...lesion] = own;
    const malignant = own.filter((_, at) => detectorClasses[at]!.startsWith("malignant"));
    const benign = own.filter((_, at) => detectorClasses[at]!.startsWith("benign"));
    return { lesion: logSumExp(lesion) - background!, malignant: logSumExp(malignant) - logSumExp(benign) };
  });
}

const logSumExp = (values: readonly number[]): number => {
  const top = minMax(values)[1];
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
};

/** NaN where one class is missing. */
function areaOf(labels: readonly boolean[], scores: readonly number[]): number {
  return new Set(labels).size < 2 ? Number.NaN : auroc(labels.map(Number), scores);
}
