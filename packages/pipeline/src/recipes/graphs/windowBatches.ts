// Batches of RetinaNet: windows of views with the boxes in them, every kind of lesion as often as any other.
import { keyedRandom, lesionKinds } from "@mammo/mammogram";
import { boxInCrop, crop, lesionLabel, type RetinaNet } from "@mammo/models";
import { type DetectionTargets, plainDetectionTargets, type TrueBox } from "@mammo/models/detection";
import { boxSampler } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import type { BatchOptions } from "../dream/viewBatches.ts";
import { asTensors } from "../threads/asTensors.ts";

/** Pixels of a window's sides: more than any lesion has, and so few that most of a batch is lesions. */
const side = 256;

/** Pixels [B, 256, 256, 1] in [0, 1], and what should be said of their anchors. */
export type WindowBatch = { readonly pixels: Tensor4D } & Readonly<DetectionTargets>;

/** Batches, each a pure function of the step: a third of the windows is clear of lesions, the others show one, as many of each kind that there is, at least one. */
export const windowBatches = (model: RetinaNet, views: readonly StoredView[], options: BatchOptions): ((step: number) => Promise<WindowBatch>) =>
  asTensors(plainWindows(views, { ...options, ...windowsOf(model) }));

/** What windows must know of the model whose anchors they are for. */
export interface WindowOptions extends BatchOptions {
  readonly anchors: Float32Array;
  readonly classes: readonly string[];
}

/** That of a model. */
export const windowsOf = (model: RetinaNet): Pick<WindowOptions, "anchors" | "classes"> => ({
  anchors: model.anchors(side, side),
  classes: model.options.classes,
});

/** The batches of `windowBatches` as plain numbers. */
export function plainWindows(views: readonly StoredView[], { seed, size, anchors, classes }: WindowOptions): (step: number) => Promise<PlainBatch> {
  const kinds = lesionKinds.filter((kind) => views.some(({ lesions }) => lesions.some((lesion) => lesion.kind === kind)));
  const background = Math.round(size / 3);
  const ofKind = Math.max(1, Math.floor((size - background) / Math.max(1, kinds.length)));
  const perBatch = Object.fromEntries(kinds.map((kind) => [kind, ofKind]));
  const windows = boxSampler(views, { perBatch, background, rows: side, columns: side, seed });
  return async (step) => {
    const drawn = windows(step);
    const pixels = new Float32Array(drawn.length * side * side);
    const truths: TrueBox[][] = [];
    for (const [item, { view: index, lesion, center }] of drawn.entries()) {
      const random = keyedRandom(seed, "turn", step, item);
      const view = views[index]!;
      // A window that is clear stays so: it shows no more than was asked for.
      const turn = { scale: random.between(lesion === undefined ? 1 : 0.85, 1.2), flipRows: random.chance(0.5), flipColumns: random.chance(0.5) };
      const place = { center, rows: side, columns: side, ...turn };
      crop(await view.read(), place, pixels.subarray(item * side * side, (item + 1) * side * side));
      truths.push(
        view.lesions.flatMap((lesion) => {
          const box = boxInCrop(lesion.box, place); // of a lesion less than half of which is in it, none
          return box ? [{ box, label: lesionLabel(lesion, classes) }] : [];
        }),
      );
    }
    return {
      pixels: { shape: [drawn.length, side, side, 1], data: pixels },
      ...plainDetectionTargets(anchors, truths, { classes: classes.length }),
    };
  };
}
