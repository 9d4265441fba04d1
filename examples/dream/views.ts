// S2–S4's batches: whole standardized views with breast labels, positives oversampled (system.md 2 [O]).
import { groupBy } from "../shared/groupBy.ts";
import { drawFrom } from "./random.ts";
import { loadPixels, type StandardView } from "./standards.ts";

export interface ViewBatch {
  /** [B, rows, columns, 1] row-major, in [0, 1]. */
  readonly pixels: Float32Array;
  /** [B] 0 or 1. */
  readonly labels: Float32Array;
}

/** One batch, a pure function of (seed, stage, step): half of it from breasts with cancer, women drawn evenly, top and bottom flipped half of the time. */
export async function viewBatch(
  views: readonly StandardView[],
  options: { readonly seed: number; readonly stage: string; readonly step: number; readonly size: number },
): Promise<ViewBatch> {
  const draw = drawFrom("view", options.seed, options.stage, options.step);
  const classes = [0, 1].map((label) => [
    ...groupBy(
      views.filter(({ cancer }) => cancer === label),
      ({ woman }) => woman,
    ).values(),
  ]);
  const { rows, columns } = views[0]!;
  const area = rows * columns;
  const pixels = new Float32Array(options.size * area);
  const labels = new Float32Array(options.size);
  for (let item = 0; item < options.size; item++) {
    const label = (item + options.step) % 2;
    const view = draw.pick(draw.pick(classes[label]!));
    copyView(await loadPixels(view), { rows, columns, flip: draw.chance(0.5) }, pixels.subarray(item * area, (item + 1) * area));
    labels[item] = label;
  }
  return { pixels, labels };
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
