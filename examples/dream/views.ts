// S2–S4's batches: whole standardized views with breast labels, positives oversampled to 1:1 (ours).
import { balancedSampler, randomAt } from "@mammo/train";
import { loadPixels, type StandardView } from "./standards.ts";

export interface ViewBatch {
  /** [B, rows, columns, 1] row-major, in [0, 1]. */
  readonly pixels: Float32Array;
  /** [B] 0 or 1. */
  readonly labels: Float32Array;
}

export interface BatchOptions {
  readonly seed: number;
  /** Even: half of it from breasts with cancer. */
  readonly size: number;
}

/** Batches of views, step by step: balanced by class and by woman, upside down half of the time. Each a pure function of the step. */
export function viewBatches(views: readonly StandardView[], options: BatchOptions): (step: number) => Promise<ViewBatch> {
  const draw = drawViews(views, options);
  const { rows, columns } = views[0]!;
  const area = rows * columns;
  return async (step) => {
    const drawn = draw(step);
    const pixels = new Float32Array(drawn.length * area);
    for (const [item, { view, flip }] of drawn.entries())
      copyView(await loadPixels(view), { rows, columns, flip }, pixels.subarray(item * area, (item + 1) * area));
    return { pixels, labels: Float32Array.from(drawn, ({ view }) => view.cancer!) };
  };
}

/** Which views a step takes, and which of them upside down. */
export function drawViews(
  views: readonly StandardView[],
  { seed, size }: BatchOptions,
): (step: number) => { readonly view: StandardView; readonly flip: boolean }[] {
  const sample = balancedSampler(
    views.map(({ woman, cancer }) => ({ woman, label: cancer! })),
    { perBatch: { 0: size / 2, 1: size / 2 }, seed },
  );
  return (step) => {
    const random = randomAt(seed, "flip", step);
    return sample(step).map((index) => ({ view: views[index]!, flip: random() < 0.5 }));
  };
}

/** Stored 16-bit values -> [0, 1], upside down where asked. */
export function copyView(
  source: Uint16Array,
  { rows, columns, flip = false }: { readonly rows: number; readonly columns: number; readonly flip?: boolean },
  out: Float32Array,
): void {
  for (let row = 0; row < rows; row++) {
    const from = (flip ? rows - 1 - row : row) * columns;
    for (let column = 0; column < columns; column++) out[row * columns + column] = source[from + column]! / 65535;
  }
}
