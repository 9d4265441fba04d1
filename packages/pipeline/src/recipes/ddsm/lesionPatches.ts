// Batches of S1 on films: every lesion as often as any other of its class, never twice the same crop.
import { type LesionCrop, readLesionCrop } from "@mammo/io/node";
import { boxCenter, type Grid, keyedRandom, type Random } from "@mammo/mammogram";
import { type AugmentationRanges, augmentIntensity, crop, detectorClasses, detectorClassOf, drawAugmentation } from "@mammo/models";
import type { MinedPlace } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { StoredLesion, StoredPixels, StoredView } from "../../store/imageStore.ts";
import type { BatchOptions } from "../dream/viewBatches.ts";
import { backgroundPlace } from "../patches/backgroundPlace.ts";
import { lesionTraits, traitsOf } from "./lesionTraits.ts";
import { pasteCrop } from "./pastedCrop.ts";

/** Pixels [B, side, side, 1] in [0, 1]; classes [B], indices into `detectorClasses`; traits and known [B, T], 0 or 1, of `lesionTraits`. */
export type LesionPatchBatch = { readonly pixels: Tensor4D; readonly classes: Tensor1D; readonly traits: Tensor2D; readonly known: Tensor2D };

/** How many patches, of which size, and what they show beside lesions of films. */
export interface LesionPatchOptions extends BatchOptions {
  /** Side of a patch, 192 to 255 pixels. */
  readonly side: number;
  /** Lesions known as crops only, laid into the background of a film. Default none. */
  readonly crops?: readonly LesionCrop[];
  /** Of the background patches, the share that is drawn from mined negatives once there are some. Default none. */
  readonly minedShare?: number;
}

/** Of a batch's patches every third is background; of the others this share lesions known as crops, if there are any; the rest lesions of films. */
const cropShare = 1 / 8;

/** The re-implementations leave out what was benign at once, without another look. */
export const isTrainedOn = ({ description }: Pick<StoredLesion, "description">): boolean => description?.["pathology"] !== "BENIGN_WITHOUT_CALLBACK";

/** Batches as plain numbers, each a pure function of the step and of what is mined: a third background, a third benign, a third malignant. */
export function plainLesionPatches(
  views: readonly StoredView[],
  { crops = [], seed, size, side, minedShare = 0 }: LesionPatchOptions,
): (step: number, mined?: readonly MinedPlace[]) => Promise<PlainBatch> {
  const lesions = views.flatMap((view) => view.lesions.filter(isTrainedOn).map((lesion) => ({ view, lesion })));
  const films = [false, true].map((malignant) => lesions.filter(({ lesion }) => lesion.malignant === malignant));
  const cropped = [false, true].map((malignant) =>
    crops.filter((one) => one.malignant === malignant).map((one) => ({ ...one, read: readOnce(one) })),
  );
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
    return {
      pixels: { shape: [size, side, side, 1], data: pixels },
      classes: { shape: [size], data: classes },
      traits: { shape: [size, lesionTraits.length], data: traits },
      known: { shape: [size, lesionTraits.length], data: known },
    };
  };
}

/** A crop's pixels, read when it is first drawn. */
function readOnce(lesion: LesionCrop): () => Promise<Grid> {
  let kept: Promise<Grid> | undefined;
  return () => (kept ??= readLesionCrop(lesion));
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
