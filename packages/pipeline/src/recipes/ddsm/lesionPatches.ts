// Batches of S1 on films: every lesion as often as any other of its class, never twice the same crop.
import type { LesionCrop } from "@mammo/io/node";
import { boxCenter, type Grid, keyedRandom, type Random } from "@mammo/mammogram";
import { type AugmentationRanges, augmentIntensity, crop, detectorClasses, detectorClassOf, drawAugmentation } from "@mammo/models";
import type { MinedPlace } from "@mammo/train";
import { type Tensor1D, type Tensor2D, type Tensor4D, tensor1d, tensor2d, tensor4d } from "@tensorflow/tfjs-core";
import type { StoredLesion, StoredPixels, StoredView } from "../../store/imageStore.ts";
import { backgroundPlace } from "../patches/backgroundPlace.ts";
import { lesionTraits, traitsOf } from "./lesionTraits.ts";
import { pasteCrop } from "./pastedCrop.ts";

/** Pixels [B, size, size, 1] in [0, 1]; classes [B], indices into `detectorClasses`; traits and known [B, T], 0 or 1, of `lesionTraits`. */
export type LesionPatchBatch = { readonly pixels: Tensor4D; readonly classes: Tensor1D; readonly traits: Tensor2D; readonly known: Tensor2D };

/** A lesion that is only a crop: its kind, and its pixels at the standard image's spacing. */
export interface CroppedLesion {
  readonly kind: StoredLesion["kind"];
  readonly malignant: boolean;
  readonly read: () => Promise<Grid>;
  /** Where it lies, for a thread that reads it by itself. */
  readonly stored?: LesionCrop;
}

/** What batches are drawn from, and how. */
export interface LesionPatchBatchOptions {
  readonly views: readonly StoredView[];
  /** Lesions without a film, laid into the background of one. Default none. */
  readonly crops?: readonly CroppedLesion[];
  readonly seed: number;
  /** Patches of a batch. */
  readonly size: number;
  /** Side of a patch, 192 to 255 pixels. */
  readonly side: number;
  /** Of the background patches, the share that is drawn from mined negatives once there are some. Default none. */
  readonly minedShare?: number;
}

/** The numbers of a `LesionPatchBatch`, as a thread hands them over. */
export interface PlainLesionPatchBatch {
  readonly pixels: Float32Array;
  readonly classes: Int32Array;
  readonly traits: Float32Array;
  readonly known: Float32Array;
}

/** Of a batch's patches every third is background; of the others this share lesions known as crops, if there are any; the rest lesions of films. */
const cropShare = 1 / 8;

/** The re-implementations leave out what was benign at once, without another look. */
export const isTrainedOn = ({ description }: Pick<StoredLesion, "description">): boolean => description?.["pathology"] !== "BENIGN_WITHOUT_CALLBACK";

/** Batches, each a pure function of the step and of what is mined: a third background, a third benign, a third malignant. */
export function lesionPatches(options: LesionPatchBatchOptions): (step: number, mined?: readonly MinedPlace[]) => Promise<LesionPatchBatch> {
  const { size, side } = options;
  const draw = drawLesionPatches(options);
  return async (step, mined) => {
    const { pixels, classes, traits, known } = await draw(step, mined);
    return {
      pixels: tensor4d(pixels, [size, side, side, 1]),
      classes: tensor1d(classes, "int32"),
      traits: tensor2d(traits, [size, lesionTraits.length]),
      known: tensor2d(known, [size, lesionTraits.length]),
    };
  };
}

/** The batches of `lesionPatches` as plain numbers. */
export function drawLesionPatches({
  views,
  crops = [],
  seed,
  size,
  side,
  minedShare = 0,
}: LesionPatchBatchOptions): (step: number, mined?: readonly MinedPlace[]) => Promise<PlainLesionPatchBatch> {
  const lesions = views.flatMap((view) => view.lesions.filter(isTrainedOn).map((lesion) => ({ view, lesion })));
  const of = <T extends { readonly malignant: boolean }>(all: readonly T[], malignant: boolean): readonly T[] =>
    all.filter((one) => one.malignant === malignant);
  const films = [false, true].map((malignant) => lesions.filter(({ lesion }) => lesion.malignant === malignant));
  const cropped = [of(crops, false), of(crops, true)];
  const area = side * side;
  return async (step, mined = []) => {
    const pixels = new Float32Array(size * area);
    const classes = new Int32Array(size);
    const [traits, known] = [new Float32Array(size * lesionTraits.length), new Float32Array(size * lesionTraits.length)];
    for (let item = 0; item < size; item++) {
      const random = keyedRandom(seed, "patch", step, item);
      const into = pixels.subarray(item * area, (item + 1) * area);
      const kind = (item + step) % 3; // 0 background, 1 benign, 2 malignant
      const isCrop = kind > 0 && cropped[kind - 1]!.length > 0 && random.chance(cropShare);
      if (kind === 0 || isCrop || films[kind - 1]!.length === 0) {
        const hard = kind === 0 && mined.length > 0 && random.chance(minedShare) ? random.pick(mined) : undefined;
        const view = hard ? views[hard.view]! : random.pick(views);
        const source = await view.read();
        cutTurned(random, source, { center: hard ? nearPlace(random, hard) : backgroundPlace(random, view, source), side, into });
        if (!isCrop) continue;
        const lesion = random.pick(cropped[kind - 1]!);
        pasteCrop(random, into, side, await lesion.read());
        classes[item] = detectorClasses.indexOf(detectorClassOf(lesion));
        continue;
      }
      const { view, lesion } = random.pick(films[kind - 1]!);
      cutTurned(random, await view.read(), { center: nearLesion(random, lesion), side, into });
      classes[item] = detectorClasses.indexOf(detectorClassOf(lesion));
      for (const [at, trait] of traitsOf(lesion.description).entries()) {
        if (trait === undefined) continue;
        traits[item * lesionTraits.length + at] = trait;
        known[item * lesionTraits.length + at] = 1;
      }
    }
    return { pixels, classes, traits, known };
  };
}

/** Half the stride of the heatmap: so far from a cell's middle a lesion may lie in a view. Large lesions are seen off their middle too. */
const reach = 32;

/** The center of a patch on a lesion, as far off as a cell of a view may be. */
export function nearLesion(random: Random, { box }: Pick<StoredLesion, "box">): readonly [row: number, column: number] {
  const [row, column] = boxCenter(box);
  const [down, across] = [Math.max(reach, 0.3 * (box.bottom - box.top)), Math.max(reach, 0.3 * (box.right - box.left))];
  return [row + random.between(-down, down), column + random.between(-across, across)];
}

/** The center of a patch on a mined place: it moves less than on a lesion, whose box says how large it is. */
const nearPlace = (random: Random, { center: [row, column] }: MinedPlace): readonly [row: number, column: number] => [
  row + random.between(-reach / 2, reach / 2),
  column + random.between(-reach / 2, reach / 2),
];

/** Any angle, flips, zoom and shear about the center; another film's gamma and gain. */
const ranges: AugmentationRanges = { angle: Math.PI, zoom: 0.25, shear: 0.2, flipRows: 0.5, flipColumns: 0.5, gamma: 0.3, gain: [0.8, 1.15] };

/** A patch changed at random. Outside the image is 0. */
function cutTurned(
  random: Random,
  source: StoredPixels,
  { center, side, into }: { readonly center: readonly [row: number, column: number]; readonly side: number; readonly into: Float32Array },
): void {
  const { turn, intensity } = drawAugmentation(random, ranges);
  crop(source, { center, rows: side, columns: side, ...turn }, into);
  augmentIntensity(into, intensity);
}
