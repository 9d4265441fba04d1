import { type Box, boxCenter, keyedRandom, type Point, type Random, requireKnownKeys } from "@mammo/mammogram";
import { patientTurns } from "./patientTurns.ts";

/** What must be known of a view to draw windows from it. */
export interface ViewWithBoxes {
  readonly patientId: string;
  readonly rows: number;
  readonly columns: number;
  /** Where windows without a box have their centers; default the whole view. */
  readonly breast?: Box;
  /** Boxes in pixels of the view; `kind` is what is balanced, any text. */
  readonly lesions: readonly { readonly kind: string; readonly box: Box }[];
}

/** What is in every batch, and how large a window is. */
export interface BoxSamplerOptions {
  /** Windows with a box of each kind in every batch: `{ mass: 2, calcification: 2 }`. */
  readonly perBatch: Readonly<Record<string, number>>;
  /** Windows without any box in every batch; default 0. */
  readonly background?: number;
  /** Of a window, in pixels of the view. */
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
}

/** A window of a view. */
export interface BoxWindow {
  /** Index into the views. */
  readonly view: number;
  /** Index of the box that it is about, into the view's lesions; absent where it is background. */
  readonly lesion?: number;
  /** Of the window: what `crop` of @mammo/models asks for. */
  readonly center: Point;
}

/** Draws for a background window before the last one is taken, box or not: a view that is full of lesions has no other. */
const attempts = 100;

/**
 * Windows for a detector of boxes, balanced by kind and, within a kind, by patient: step -> windows. The box lies anywhere in its window, whole where it fits; a window stays in its
 * view where the view is as large. Others of the view's boxes may lie in it too: carry all of them (`boxInCrop` of @mammo/models). A background window is clear of boxes wherever a
 * hundred draws find such a place. A pure function of (views, options, step). Ours.
 *
 * @throws RangeError for a window without extent, a count that is no whole number, a kind in `perBatch` without a box, or a box whose kind has no place in it, and for a view or box whose sides are no finite numbers.
 * @example
 * const windows = boxSampler(views, { perBatch: { mass: 2, calcification: 1 }, background: 1, rows: 512, columns: 512, seed: 7 });
 * for (const { view, center } of windows(step)) crop(await views[view].read(), { center, rows: 512, columns: 512 });
 */
export function boxSampler(views: readonly ViewWithBoxes[], options: BoxSamplerOptions): (step: number) => BoxWindow[] {
  requireKnownKeys("boxSampler", options, { perBatch: true, background: true, rows: true, columns: true, seed: true });
  const { perBatch, background = 0, rows, columns, seed } = options;
  if (!(rows > 0 && columns > 0 && Number.isFinite(rows * columns)))
    throw new RangeError(`Expected windows of rows and columns above 0, got ${rows}x${columns}.`);
  for (const [kind, count] of [...Object.entries(perBatch), ["background", background] as const])
    if (!(Number.isInteger(count) && count >= 0)) throw new RangeError(`Expected a whole number of windows of ${kind} in a batch, got ${count}.`);
  for (const [view, { rows: high, columns: wide, breast, lesions }] of views.entries())
    for (const { top, left, bottom, right } of [
      { top: 0, left: 0, bottom: high, right: wide },
      ...(breast ? [breast] : []),
      ...lesions.map(({ box }) => box),
    ])
      if (![top, left, bottom, right].every(Number.isFinite))
        throw new RangeError(`Expected finite sides of view ${view}, its breast and its boxes, got ${[top, left, bottom, right].join(", ")}.`);
  const boxes = views.flatMap(({ patientId, lesions }, view) => lesions.map(({ kind }, lesion) => ({ patientId, label: kind, view, lesion })));
  const unplaced = boxes.find(({ label }) => !Object.hasOwn(perBatch, label));
  if (unplaced) throw new RangeError(`Expected the kinds ${Object.keys(perBatch).join(", ")}, got a box of kind ${unplaced.label}.`);
  const streams = Object.entries(perBatch).map(([kind, count]) => ({ kind, count, at: patientTurns(boxes, kind, seed) }));
  const anywhere = views.map(({ patientId }) => ({ patientId, label: "background" }));
  const clear = background > 0 ? patientTurns(anywhere, "background", seed) : () => 0;
  return (step) => {
    const withBox = streams.flatMap(({ kind, count, at }) =>
      Array.from({ length: count }, (_, index) => {
        const { view, lesion } = boxes[at(step * count + index)]!;
        const random = keyedRandom(seed, "window", kind, step, index);
        return { view, lesion, center: windowOn(random, views[view]!, views[view]!.lesions[lesion]!.box, options) };
      }),
    );
    const without = Array.from({ length: background }, (_, index) => {
      const view = clear(step * background + index);
      return { view, center: clearWindow(keyedRandom(seed, "clear", step, index), views[view]!, options) };
    });
    return [...withBox, ...without];
  };
}

type Size = Pick<BoxSamplerOptions, "rows" | "columns">;

/** A window that holds the box, or, where the box is larger, lies in it. */
function windowOn(random: Random, view: ViewWithBoxes, box: Box, { rows, columns }: Size): Point {
  const [row, column] = boxCenter(box);
  const down = Math.abs(rows - (box.bottom - box.top)) / 2;
  const right = Math.abs(columns - (box.right - box.left)) / 2;
  return inside(view, [row + random.between(-down, down), column + random.between(-right, right)], { rows, columns });
}

function clearWindow(random: Random, view: ViewWithBoxes, size: Size): Point {
  const { top, left, bottom, right } = view.breast ?? { top: 0, left: 0, bottom: view.rows, right: view.columns };
  for (let attempt = 1; ; attempt++) {
    const center = inside(view, [random.between(top, bottom), random.between(left, right)], size);
    if (attempt === attempts || view.lesions.every(({ box }) => isClear(box, center, size))) return center;
  }
}

const isClear = ({ top, left, bottom, right }: Box, [row, column]: Point, { rows, columns }: Size): boolean =>
  bottom <= row - rows / 2 || top >= row + rows / 2 || right <= column - columns / 2 || left >= column + columns / 2;

/** The center of the nearest window that lies in the view, in the middle where the view is smaller. */
const inside = (view: ViewWithBoxes, [row, column]: Point, { rows, columns }: Size): Point => [
  within(row, rows, view.rows),
  within(column, columns, view.columns),
];

const within = (at: number, window: number, length: number): number =>
  length <= window ? length / 2 : Math.min(length - window / 2, Math.max(window / 2, at));
