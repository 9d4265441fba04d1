import { softmax } from "@tensorflow/tfjs-core";
import type { DreamNet } from "./dreamNet.ts";
import { type Grid, toTensor } from "./grid.ts";

/** A view seen cell by cell: `probabilities[(row * columns + column) * classes + class]`, each cell summing to 1. */
export interface Heatmap {
  readonly probabilities: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** Pixels from one cell to the next. */
  readonly stride: number;
  /** Pixel coordinate (row and column alike) of the centre of the first cell's field. */
  readonly first: number;
}

/** The detector's softmax over a view, for looking at: uncalibrated class probabilities, 16x10 cells on 1200x800. Plain in, plain out. */
export async function heatmapView(model: Pick<DreamNet, "heatmap">, view: Grid): Promise<Heatmap> {
  const x = toTensor(view);
  const logits = model.heatmap(x);
  const cells = softmax(logits);
  try {
    const [, rows, columns, classes] = cells.shape;
    // A cell is 3x3 positions of stride 64; the field of the first lies around the middle of pixels 0 … 192.
    return { probabilities: (await cells.data()) as Float32Array, rows, columns, classes, stride: 64, first: 96 };
  } finally {
    for (const tensor of [x, logits, cells]) tensor.dispose();
  }
}
