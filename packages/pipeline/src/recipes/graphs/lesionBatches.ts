// Batches of CaracNet and CaracNetSymmetry: crops of known lesions, benign and malignant ones in turn.
import { type Box, boxCenter, keyedRandom, type Random } from "@mammo/mammogram";
import { contextTimes, cropAround, fineTimes, type LesionCrops, lesionGeometry, lesionLabel, oppositePlace, type Pair } from "@mammo/models";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor1D } from "@tensorflow/tfjs-core";
import { groupBy } from "../../groupBy.ts";
import { oppositeViews } from "../../oppositeViews.ts";
import type { StoredLesion, StoredView } from "../../store/imageStore.ts";
import type { BatchOptions } from "../dream/viewBatches.ts";
import { asTensors } from "../threads/asTensors.ts";

/** Pixels of a crop's sides. */
const side = 224;

/** What a CaracNet sees of B lesions, and what they are: labels [B] of malignancy and kinds [B], indices into the model's classes. */
export type LesionBatch = Readonly<LesionCrops> & { readonly labels: Tensor1D; readonly kinds: Tensor1D };

/** What a CaracNetSymmetry sees of B lesions, all on the left, and labels [B]. */
export type OppositeBatch = Readonly<Pair> & { readonly labels: Tensor1D };

interface Drawn {
  readonly random: Random;
  readonly view: StoredView;
  readonly lesion: StoredLesion;
  /** As a reader might have drawn it. */
  readonly box: Box;
}

/** Size and seed of batches of lesions, and the names of their kinds: the model's classes. */
export interface LesionOptions extends BatchOptions {
  readonly classes: readonly string[];
}

/** Batches for CaracNet, each a pure function of the step. */
export const lesionBatches = (views: readonly StoredView[], options: LesionOptions): ((step: number) => Promise<LesionBatch>) =>
  asTensors(plainLesions(views, options));

/** The batches of `lesionBatches` as plain numbers. */
export function plainLesions(views: readonly StoredView[], { seed, size, classes }: LesionOptions): (step: number) => Promise<PlainBatch> {
  const draw = drawLesions(views, { seed, size });
  return async (step) => {
    const drawn = draw(step);
    const [fine, context] = [new Float32Array(size * side * side), new Float32Array(size * side * side)];
    const geometry: number[][] = [];
    for (const [item, { random, view, box }] of drawn.entries()) {
      const source = await view.read();
      const turn = turned(random);
      cropAround(source, box, { times: fineTimes, side, ...turn }, part(fine, item));
      cropAround(source, box, { times: contextTimes, side, ...turn }, part(context, item));
      geometry.push(lesionGeometry({ box, rows: source.rows, columns: source.columns, mmPerPixel: source.mmPerPixel, view: view.view }));
    }
    return {
      fine: images(fine),
      context: images(context),
      geometry: rowsOf(geometry),
      labels: malignancyOf(drawn),
      kinds: { shape: [size], data: Int32Array.from(drawn, ({ lesion }) => lesionLabel(lesion, classes)) },
    };
  };
}

/** Batches for CaracNetSymmetry: beside each lesion the same place of the other breast in the same view, as seen from the nipple; each a pure function of the step. */
export const oppositeBatches = (views: readonly StoredView[], options: BatchOptions): ((step: number) => Promise<OppositeBatch>) =>
  asTensors(plainOpposites(views, options));

/** The batches of `oppositeBatches` as plain numbers. */
export function plainOpposites(views: readonly StoredView[], { seed, size }: BatchOptions): (step: number) => Promise<PlainBatch> {
  const draw = drawLesions(views, { seed, size });
  const opposite = oppositeViews(views);
  return async (step) => {
    const drawn = draw(step);
    const [left, right] = [new Float32Array(size * side * side), new Float32Array(size * side * side)];
    const present: number[][] = [];
    for (const [item, { random, view, box }] of drawn.entries()) {
      const own = await view.read();
      const other = await opposite(view)?.read();
      const turn = turned(random);
      cropAround(own, box, { times: contextTimes, side, ...turn }, part(left, item));
      if (other) {
        const center = oppositePlace(boxCenter(box), own, other);
        cropAround(other, box, { times: contextTimes, side, center, ...turn }, part(right, item));
      }
      present.push([1, other ? 1 : 0]);
    }
    return { left: images(left), right: images(right), present: rowsOf(present), labels: malignancyOf(drawn) };
  };
}

/** Half of a batch malignant, the kinds within each half in turn, as far as there are some. */
function drawLesions(views: readonly StoredView[], { seed, size }: BatchOptions): (step: number) => Drawn[] {
  const lesions = views.flatMap((view) => view.lesions.map((lesion) => ({ view, lesion })));
  const halves = [false, true].map((malignant) => [
    ...groupBy(
      lesions.filter(({ lesion }) => lesion.malignant === malignant),
      ({ lesion }) => lesion.kind,
    ).values(),
  ]);
  if (halves.some(({ length }) => length === 0)) throw new RangeError("Expected benign and malignant lesions, got none of one of the two.");
  return (step) =>
    Array.from({ length: size }, (_, item) => {
      const random = keyedRandom(seed, "lesion", step, item);
      const kinds = halves[item % 2]!;
      const { view, lesion } = random.pick(kinds[(step + (item >> 1)) % kinds.length]!);
      return { random, view, lesion, box: redrawn(random, lesion.box) };
    });
}

/** A box as someone else would have drawn it: its middle a tenth of its sides off, its sides a fifth shorter to a quarter longer. */
function redrawn(random: Random, { top, left, bottom, right }: Box): Box {
  const [height, width] = [bottom - top, right - left];
  const [row, column] = [(top + bottom) / 2 + random.between(-0.1, 0.1) * height, (left + right) / 2 + random.between(-0.1, 0.1) * width];
  const [tall, wide] = [(height / 2) * random.between(0.8, 1.25), (width / 2) * random.between(0.8, 1.25)];
  return { top: row - tall, left: column - wide, bottom: row + tall, right: column + wide };
}

const turned = (random: Random) => ({ angle: random.between(-Math.PI, Math.PI), flipColumns: random.chance(0.5) });

const part = (all: Float32Array, item: number): Float32Array => all.subarray(item * side * side, (item + 1) * side * side);

const images = (pixels: Float32Array) => ({ shape: [pixels.length / (side * side), side, side, 1], data: pixels });

const rowsOf = (rows: readonly (readonly number[])[]) => ({ shape: [rows.length, rows[0]!.length], data: Float32Array.from(rows.flat()) });

const malignancyOf = (drawn: readonly Drawn[]) => ({
  shape: [drawn.length],
  data: Float32Array.from(drawn, ({ lesion }) => (lesion.malignant ? 1 : 0)),
});
