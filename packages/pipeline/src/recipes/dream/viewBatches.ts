// Batches of S2 to S4: whole standard views with breast labels, positives oversampled to 1:1 (ours).
import type { Grid } from "@mammo/mammogram";
import { keyedRandom, requireKnownKeys } from "@mammo/mammogram";
import { balancedSampler } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import type { StoredPixels, StoredView } from "../../store/imageStore.ts";
import { asTensors } from "../threads/asTensors.ts";

/** Pixels [B, rows, columns, 1] in [0, 1]; labels [B], 0 or 1. */
export type ViewBatch = { readonly pixels: Tensor4D; readonly labels: Tensor1D };

/** Size and seed of batches. */
export interface BatchOptions {
  readonly seed: number;
  /** Even: half of it from breasts with cancer. */
  readonly size: number;
}

/** Batches of views, step by step: balanced by class and by patient, upside down half of the time. Each a pure function of the step. */
export const viewBatches = (views: readonly StoredView[], options: BatchOptions): ((step: number) => Promise<ViewBatch>) => {
  requireKnownKeys("viewBatches", options, { seed: true, size: true });
  return asTensors(plainViewBatches(views, options));
};

/** The batches of `viewBatches` as plain numbers. */
export function plainViewBatches(views: readonly StoredView[], options: BatchOptions): (step: number) => Promise<PlainBatch> {
  const draw = drawViews(views, options);
  return async (step) => {
    const drawn = draw(step);
    const grids: Grid[] = [];
    for (const { view, flip } of drawn) grids.push(toGrid(await view.read(), { flip }));
    return { pixels: joined(grids), labels: { shape: [drawn.length], data: Float32Array.from(drawn, ({ view }) => view.cancer!) } };
  };
}

/** Grids of one size, one behind the other: [B, rows, columns, 1]. */
export function joined(grids: readonly Grid[]): PlainBatch[string] {
  const { rows, columns } = grids[0]!;
  const data = new Float32Array(grids.length * rows * columns);
  for (const [index, grid] of grids.entries()) {
    if (grid.rows !== rows || grid.columns !== columns)
      throw new RangeError(`Expected ${rows}x${columns} pixels in each view of a batch, got ${grid.rows}x${grid.columns}.`);
    data.set(grid.pixels, index * rows * columns);
  }
  return { shape: [grids.length, rows, columns, 1], data };
}

/** Which views a step takes, and which of them upside down. */
export function drawViews(
  views: readonly StoredView[],
  { seed, size }: BatchOptions,
): (step: number) => { readonly view: StoredView; readonly flip: boolean }[] {
  const sample = balancedSampler(
    views.map(({ patientId, cancer }) => ({ patientId, label: cancer! })),
    { perBatch: { 0: size / 2, 1: size / 2 }, seed },
  );
  return (step) => {
    const random = keyedRandom(seed, "flip", step);
    return sample(step).map((index) => ({ view: views[index]!, flip: random.chance(0.5) }));
  };
}

/** Stored 16-bit values -> a grid in [0, 1], upside down where asked. */
export function toGrid({ pixels: values, rows, columns }: StoredPixels, { flip = false }: { readonly flip?: boolean } = {}): Grid {
  const pixels = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = (flip ? rows - 1 - row : row) * columns;
    for (let column = 0; column < columns; column++) pixels[row * columns + column] = values[from + column]! / 65535;
  }
  return { pixels, rows, columns };
}
