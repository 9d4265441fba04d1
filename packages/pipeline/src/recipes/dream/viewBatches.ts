// Batches of S2 to S4: whole standard views with breast labels, positives oversampled to 1:1 (ours).
import type { Grid } from "@mammo/mammogram";
import { keyedRandom } from "@mammo/mammogram";
import { toBatch } from "@mammo/models";
import { balancedSampler } from "@mammo/train";
import { type Tensor1D, type Tensor4D, tensor1d } from "@tensorflow/tfjs-core";
import type { StoredPixels, StoredView } from "../../store/imageStore.ts";

/** Pixels [B, rows, columns, 1] in [0, 1]; labels [B], 0 or 1. */
export type ViewBatch = { readonly pixels: Tensor4D; readonly labels: Tensor1D };

/** Size and seed of batches. */
export interface BatchOptions {
  readonly seed: number;
  /** Even: half of it from breasts with cancer. */
  readonly size: number;
}

/** Batches of views, step by step: balanced by class and by patient, upside down half of the time. Each a pure function of the step. */
export function viewBatches(views: readonly StoredView[], options: BatchOptions): (step: number) => Promise<ViewBatch> {
  const draw = drawViews(views, options);
  return async (step) => {
    const drawn = draw(step);
    const grids: Grid[] = [];
    for (const { view, flip } of drawn) grids.push(toGrid(await view.read(), { flip }));
    return { pixels: toBatch(grids), labels: tensor1d(drawn.map(({ view }) => view.cancer!)) };
  };
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
