// Batches of S1: annotated lesions and background, as the re-implementations of the winning code draw them.
import { keyedRandom, type Random, requireKnownKeys } from "@mammo/mammogram";
import { crop, detectorClasses, detectorClassOf } from "@mammo/models";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import type { StoredLesion, StoredView } from "../../store/imageStore.ts";
import { backgroundPlace } from "../patches/backgroundPlace.ts";
import { asTensors } from "../threads/asTensors.ts";
import type { BatchOptions } from "./viewBatches.ts";

const patchSize = 224;

/** Pixels [B, 224, 224, 1] in [0, 1]; classes [B], indices into `detectorClasses` of @mammo/models. */
export type PatchBatch = { readonly pixels: Tensor4D; readonly classes: Tensor1D };

/** Batches, each a pure function of the step: half background, the rest spread evenly over the lesion classes that occur. */
export const patchBatches = (views: readonly StoredView[], options: BatchOptions): ((step: number) => Promise<PatchBatch>) => {
  requireKnownKeys("patchBatches", options, { seed: true, size: true });
  return asTensors(plainPatches(views, options));
};

/** The batches of `patchBatches` as plain numbers. */
export function plainPatches(views: readonly StoredView[], { seed, size }: BatchOptions): (step: number) => Promise<PlainBatch> {
  const lesions = views.flatMap((view) => view.lesions.map((lesion) => ({ view, lesion, found: detectorClassOf(lesion) })));
  const byClass = detectorClasses.map((name) => lesions.filter(({ found }) => found === name));
  const present = byClass.flatMap(({ length }, index) => (length > 0 ? [index] : []));
  const area = patchSize * patchSize;
  return async (step) => {
    const random = keyedRandom(seed, "patch", step);
    const pixels = new Float32Array(size * area);
    const classes = new Int32Array(size);
    for (let item = 0; item < size; item++) {
      const wanted = present.length === 0 || item % 2 === 0 ? 0 : present[((item - 1) / 2 + step) % present.length]!;
      const { view, lesion } = wanted === 0 ? { view: random.pick(views), lesion: undefined } : random.pick(byClass[wanted]!);
      const source = await view.read();
      const center = lesion ? insideLesion(random, lesion) : backgroundPlace(random, view, source);
      crop(source, { center, rows: patchSize, columns: patchSize, ...drawTurn(random) }, pixels.subarray(item * area, (item + 1) * area));
      classes[item] = wanted;
    }
    return { pixels: { shape: [size, patchSize, patchSize, 1], data: pixels }, classes: { shape: [size], data: classes } };
  };
}

/** The patch's center is jittered inside the lesion. */
const insideLesion = (random: Random, { box }: StoredLesion): readonly [row: number, column: number] => [
  random.between(box.top, box.bottom),
  random.between(box.left, box.right),
];

/** Scale 0.8–1.2, flips, rotation ±25°, shear 0.2 about the center; outside the image is 0. */
const drawTurn = (random: Random) => ({
  angle: (random.between(-25, 25) * Math.PI) / 180,
  scale: random.between(0.8, 1.2),
  shear: random.between(-0.2, 0.2),
  flipRows: random.chance(0.5),
  flipColumns: random.chance(0.5),
});
