// Batches of RetinaNet: windows of views with the boxes in them, every kind of lesion as often as any other.
import { type Box, boxFromSource, keyedRandom, lesionKinds, type MappedToSource, type Random } from "@mammo/mammogram";
import { crop, lesionLabel, type RetinaNet } from "@mammo/models";
import { type DetectionTargets, detectionTargets, type TrueBox } from "@mammo/models/detection";
import { type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import type { BatchOptions } from "../dream/viewBatches.ts";
import { backgroundPlace } from "../patches/backgroundPlace.ts";

/** Pixels of a window's sides: a quarter of a view's area, and more than the largest lesion. */
const side = 384;

/** A lesion's middle is at least so far inside. */
const margin = 64;

/** Pixels [B, 384, 384, 1] in [0, 1], and what should be said of their anchors. */
export type WindowBatch = { readonly pixels: Tensor4D } & Readonly<DetectionTargets>;

/** Batches, each a pure function of the step: three windows of four show a lesion, of a kind in turn; the fourth is a place in a breast. */
export function windowBatches(model: RetinaNet, views: readonly StoredView[], { seed, size }: BatchOptions): (step: number) => Promise<WindowBatch> {
  const lesions = views.flatMap((view) => view.lesions.map((lesion) => ({ view, lesion })));
  const byKind = lesionKinds.map((kind) => lesions.filter(({ lesion }) => lesion.kind === kind)).filter(({ length }) => length > 0);
  const anchors = model.anchors(side, side);
  const { classes } = model.options;
  return async (step) => {
    const pixels = new Float32Array(size * side * side);
    const truths: TrueBox[][] = [];
    for (let item = 0; item < size; item++) {
      const random = keyedRandom(seed, "window", step, item);
      const isBackground = item % 4 === 3 || byKind.length === 0;
      const { view, lesion } = isBackground ? { view: random.pick(views), lesion: undefined } : random.pick(byKind[(step + item) % byKind.length]!);
      const source = await view.read();
      const [row, column] = lesion ? around(random, lesion.box) : backgroundPlace(random, view, source);
      const turn = { scale: random.between(0.85, 1.2), flipRows: random.chance(0.5), flipColumns: random.chance(0.5) };
      const window = crop(
        source,
        { center: [row, column], rows: side, columns: side, ...turn },
        pixels.subarray(item * side * side, (item + 1) * side * side),
      );
      truths.push(view.lesions.flatMap(({ box, ...what }) => boxIn(window, box).map((own) => ({ box: own, label: lesionLabel(what, classes) }))));
    }
    return { pixels: tensor4d(pixels, [size, side, side, 1]), ...detectionTargets(anchors, truths, { classes: classes.length }) };
  };
}

/** A window's middle from which the lesion's middle is inside by a margin. */
function around(random: Random, { top, left, bottom, right }: Box): readonly [row: number, column: number] {
  const far = side / 2 - margin;
  return [(top + bottom) / 2 + random.between(-far, far), (left + right) / 2 + random.between(-far, far)];
}

/** The part of a box in a window; none where less than half of it is. */
function boxIn(window: MappedToSource, box: Box): Box[] {
  const whole = boxFromSource(box, window);
  const cut = (value: number) => Math.min(Math.max(value, 0), side);
  const own = { top: cut(whole.top), left: cut(whole.left), bottom: cut(whole.bottom), right: cut(whole.right) };
  const area = (one: Box) => Math.max(0, one.bottom - one.top) * Math.max(0, one.right - one.left);
  return area(own) >= area(whole) / 2 ? [own] : [];
}
