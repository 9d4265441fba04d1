// Masses as a CaracNet sees them: the lesion fine, from the standard image or from its crop at film resolution, and its surroundings.
import { type LesionCrop, readLesionCrop } from "@mammo/io/node";
import { type Grid, keyedRandom, type Random } from "@mammo/mammogram";
import {
  type AugmentationRanges,
  augmentIntensity,
  contextTimes,
  crop,
  cropAround,
  drawAugmentation,
  fineTimes,
  type LesionCrops,
  lesionGeometry,
} from "@mammo/models";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { StoredLesion, StoredView } from "../../store/imageStore.ts";
import { isTrainedOn } from "./lesionPatches.ts";
import { lesionTraits, traitsOf } from "./lesionTraits.ts";

/** Crops and geometry of B masses; labels [B] of malignancy; traits and known [B, T], 0 or 1, of `lesionTraits`. */
export type MassBatch = Readonly<LesionCrops> & { readonly labels: Tensor1D; readonly traits: Tensor2D; readonly known: Tensor2D };

/** A mass of a film, with its crop at film resolution. */
export interface Mass {
  /** Woman, side, view and number of the abnormality. */
  readonly id: string;
  readonly view: StoredView;
  readonly lesion: StoredLesion;
  /** The crop's pixels, kept once they are read. */
  readonly readCrop: () => Promise<Grid>;
}

/** Where the fine crop is cut from: the standard image (0.25 mm a pixel), or the lesion's own crop of the film. */
export type FineSource = "standard" | "film";

/** Pixels of a crop's sides. */
const side = 224;

/** Of crops at film resolution, averaged to: margins show, and 224 pixels hold most masses. */
const cropMm = 0.1;

/** Any angle, flips, zoom and shear; another film's gamma and gain. */
const ranges: AugmentationRanges = { angle: Math.PI, zoom: 0.2, shear: 0.15, flipRows: 0.5, flipColumns: 0.5, gamma: 0.25, gain: [0.85, 1.15] };

/** The masses of views that have a crop at film resolution too, by woman, side, view and number of the abnormality. */
export function massesOf(views: readonly StoredView[], crops: readonly LesionCrop[]): Mass[] {
  const key = (...parts: readonly (string | undefined)[]) => parts.join(" ");
  const byKey = new Map(
    crops.filter(({ kind }) => kind === "mass").map((one) => [key(one.patientId, one.laterality, one.view, one.abnormality), one]),
  );
  return views.flatMap((view) =>
    view.lesions.flatMap((lesion) => {
      const id = key(view.patientId, view.laterality, view.view, lesion.description?.["abnormality_id"]);
      const found = lesion.kind === "mass" ? byKey.get(id) : undefined;
      return found ? [{ id, view, lesion, readCrop: readOnce(found) }] : [];
    }),
  );
}

function readOnce(found: LesionCrop): () => Promise<Grid> {
  let kept: Promise<Grid> | undefined;
  return () => (kept ??= readLesionCrop(found, cropMm));
}

/** Batches to train on as plain numbers, each a pure function of the step: half benign, half malignant, turned and bent; what was benign without another look is left out. */
export function plainMasses(
  masses: readonly Mass[],
  { fine, seed, size }: { readonly fine: FineSource; readonly seed: number; readonly size: number },
): (step: number) => Promise<PlainBatch> {
  const trained = masses.filter(({ lesion }) => isTrainedOn(lesion));
  const halves = [false, true].map((malignant) => trained.filter(({ lesion }) => lesion.malignant === malignant));
  if (halves.some(({ length }) => length === 0)) throw new RangeError("Expected benign and malignant masses, got none of one of the two");
  return (step) => {
    const drawn = Array.from({ length: size }, (_, item) => {
      const random = keyedRandom(seed, "mass", step, item);
      return { random, mass: random.pick(halves[item % 2]!) };
    });
    return batchOf(
      drawn.map(({ mass }) => mass),
      fine,
      (item) => drawn[item]!.random,
    );
  };
}

/** Some masses as they are, or turned by a random source each, as a batch of plain numbers. */
export async function batchOf(masses: readonly Mass[], fine: FineSource, randomOf?: (item: number) => Random): Promise<PlainBatch> {
  const area = side * side;
  const count = masses.length;
  const [close, around] = [new Float32Array(count * area), new Float32Array(count * area)];
  const [geometry, traits, known] = [
    new Float32Array(count * 8),
    new Float32Array(count * lesionTraits.length),
    new Float32Array(count * lesionTraits.length),
  ];
  for (const [item, { view, lesion, readCrop }] of masses.entries()) {
    const image = await view.read();
    const drawn = randomOf && drawAugmentation(randomOf(item), ranges);
    const { scale = 1, elastic: _, ...turn } = drawn?.turn ?? {};
    const into = (all: Float32Array) => all.subarray(item * area, (item + 1) * area);
    if (fine === "standard") cropAround(image, lesion.box, { times: fineTimes / scale, side, ...turn }, into(close));
    else {
      const own = await readCrop();
      const fit = side / Math.max(own.rows, own.columns);
      crop(own, { center: [own.rows / 2, own.columns / 2], rows: side, columns: side, ...turn, scale: fit * scale }, into(close));
    }
    cropAround(image, lesion.box, { times: contextTimes / scale, side, ...turn }, into(around));
    if (drawn) for (const pixels of [into(close), into(around)]) augmentIntensity(pixels, drawn.intensity);
    const { rows, columns, mmPerPixel } = image;
    geometry.set(lesionGeometry({ box: lesion.box, rows, columns, mmPerPixel, view: view.view }), item * 8);
    for (const [at, trait] of traitsOf(lesion.description).entries()) {
      if (trait === undefined) continue;
      traits[item * lesionTraits.length + at] = trait;
      known[item * lesionTraits.length + at] = 1;
    }
  }
  return {
    fine: { shape: [count, side, side, 1], data: close },
    context: { shape: [count, side, side, 1], data: around },
    geometry: { shape: [count, 8], data: geometry },
    labels: { shape: [count], data: Float32Array.from(masses, ({ lesion }) => (lesion.malignant ? 1 : 0)) },
    traits: { shape: [count, lesionTraits.length], data: traits },
    known: { shape: [count, lesionTraits.length], data: known },
  };
}
