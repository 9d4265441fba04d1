import type { HeatmapLogits } from "@mammo/models";

/** Of DetectorNet's five classes. */
export const malignantClasses = [3, 4] as const;

/** How malignant each cell of a heatmap looks, in [0, 1], and where the cells lie in the view: for pictures, uncalibrated. */
export interface Heat {
  readonly cells: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** Pixels from one cell to the next, and to the centre of the first. */
  readonly stride: number;
  readonly first: number;
}

/** Softmax share of the malignant classes, cell by cell. */
export function heatOf({ logits, rows, columns, classes }: HeatmapLogits): Heat {
  const cells = Array.from({ length: rows * columns }, (_, cell) => malignantShare(logits.subarray(cell * classes, (cell + 1) * classes)));
  return { cells, rows, columns, stride: 64, first: 96 };
}

function malignantShare(logits: Float32Array): number {
  const top = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp(logit - top));
  return malignantClasses.reduce((sum, one) => sum + weights[one]!, 0) / weights.reduce((sum, weight) => sum + weight, 0);
}
