// Batches of RetinaNet: windows of views with the boxes in them, every kind of lesion as often as any other, and places where it was wrong.
import { boxCenter, keyedRandom, lesionKinds, type Point } from "@mammo/mammogram";
import { boxInCrop, crop, detectLesions, lesionLabel, type RetinaNet } from "@mammo/models";
import { type DetectionTargets, plainDetectionTargets, type TrueBox } from "@mammo/models/detection";
import { boxSampler, type MinedPlace, mineNegatives, type StageNegatives } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { type BatchOptions, toGrid } from "../dream/viewBatches.ts";
import { backgroundPlace } from "../patches/backgroundPlace.ts";
import { asTensors } from "../threads/asTensors.ts";

/** Pixels of a window's sides: more than any lesion has, and so few that most of a batch is lesions. */
const side = 256;

/** Pixels [B, 256, 256, 1] in [0, 1], and what should be said of their anchors. */
export type WindowBatch = { readonly pixels: Tensor4D } & Readonly<DetectionTargets>;

/**
 * Batches, each a pure function of the step and of what is mined: a third of the windows is about places without a lesion, every other of them where the net was wrong as soon as that is
 * known; the others show a lesion, as many of each kind that there is, at least one.
 */
export const windowBatches = (
  model: RetinaNet,
  views: readonly StoredView[],
  options: BatchOptions,
): ((step: number, mined?: readonly MinedPlace[]) => Promise<WindowBatch>) => asTensors(plainWindows(views, { ...options, ...windowsOf(model) }));

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
export function plainWindows(
  views: readonly StoredView[],
  { seed, size, anchors, classes }: WindowOptions,
): (step: number, mined: readonly MinedPlace[]) => Promise<PlainBatch> {
  const kinds = lesionKinds.filter((kind) => views.some(({ lesions }) => lesions.some((lesion) => lesion.kind === kind)));
  const background = Math.round(size / 3);
  const ofKind = Math.max(1, Math.floor((size - background) / Math.max(1, kinds.length)));
  const windows = boxSampler(views, { perBatch: Object.fromEntries(kinds.map((kind) => [kind, ofKind])), rows: side, columns: side, seed });
  return async (step, mined) => {
    const drawn: Place[] = windows(step).map(({ view, center }) => ({ view: views[view]!, center }));
    for (let item = 0; item < background; item++) drawn.push(await withoutLesion(views, mined, { seed, step, item }));
    const pixels = new Float32Array(drawn.length * side * side);
    const truths: TrueBox[][] = [];
    for (const [item, { view, center }] of drawn.entries()) {
      const random = keyedRandom(seed, "turn", step, item);
      const turn = { scale: random.between(0.85, 1.2), flipRows: random.chance(0.5), flipColumns: random.chance(0.5) };
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

interface Place {
  readonly view: StoredView;
  readonly center: Point;
}

/** A place in a breast; every other one a mined place, some pixels off. A lesion that lies near it is carried like any other. */
async function withoutLesion(
  views: readonly StoredView[],
  mined: readonly MinedPlace[],
  { seed, step, item }: { readonly seed: number; readonly step: number; readonly item: number },
): Promise<Place> {
  const random = keyedRandom(seed, "place", step, item);
  if (mined.length > 0 && item % 2 === 1) {
    const { view, center } = random.pick(mined);
    return { view: views[view]!, center: [center[0] + random.between(-64, 64), center[1] + random.between(-64, 64)] };
  }
  const view = random.pick(views);
  return { view, center: backgroundPlace(random, view, await view.read()) };
}

/** Mines the net's false marks, in so many of the views at most, the same ones each time. */
export function falseMarks(
  views: readonly StoredView[],
  { every, most = 120 }: { readonly every: number; readonly most?: number },
): StageNegatives<RetinaNet> {
  const stride = Math.ceil(views.length / most);
  const turns = new Set(views.filter((_, index) => index % stride === 0));
  const marksOf = async (model: RetinaNet, view: StoredView) => {
    const found = await detectLesions(model, toGrid(await view.read()), { most: 10 });
    return found.map(({ box, score }) => ({ center: boxCenter(box), score }));
  };
  return { every, mine: (model) => mineNegatives(views, (view) => (turns.has(view) ? marksOf(model, view) : []), { most: 200 }) };
}
