import type { HeatmapLogits } from "@mammo/models";

/** How malignant each cell of a heatmap looks, in [0, 1], and where the cells lie in the view: to be looked at, uncalibrated. */
export interface MalignancyMap {
  /** Row-major, rows x columns. */
  readonly cells: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** Pixels from one cell to the next, and to the center of the first. */
  readonly stride: number;
  readonly first: number;
}

/** Softmax share of the malignant classes, cell by cell. */
export function malignancyMap({ logits, rows, columns, classes }: HeatmapLogits, malignant: readonly number[]): MalignancyMap {
  const cells = Array.from({ length: rows * columns }, (_, cell) => shareOf(malignant, logits.subarray(cell * classes, (cell + 1) * classes)));
  return { cells, rows, columns, stride: 64, first: 96 };
}

function shareOf(wanted: readonly number[], logits: Float32Array): number {
  const top = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp(logit - top));
  return wanted.reduce((sum, one) => sum + weights[one]!, 0) / weights.reduce((sum, weight) => sum + weight, 0);
}
