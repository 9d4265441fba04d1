import * as tf from "@tensorflow/tfjs-core";
import * as reference from "../reference/index.ts";
import type { GradientCase } from "./gradientCase.ts";

type Pair = readonly [number, number];
const pair = (value: Pair): [number, number] => [value[0], value[1]];

function resize(
  op: "resizeBilinear" | "resizeNearestNeighbor",
  form: string,
  x: readonly number[],
  size: Pair,
  halfPixelCenters = false,
): GradientCase {
  return {
    ...{ op: `image.${op}`, form, inputs: [x] },
    compute: ([x]) => tf.image[op](x as tf.Tensor4D, pair(size), false, halfPixelCenters),
    reference: ([x]) => (op === "resizeBilinear" ? reference.resizeBilinear(x!, size, halfPixelCenters) : reference.resizeNearest(x!, size)),
  };
}

export const resizeCases: readonly GradientCase[] = [
  resize("resizeNearestNeighbor", "2x, H ≠ W", [2, 3, 5, 2], [6, 10]),
  resize("resizeNearestNeighbor", "odd sizes", [1, 4, 3, 3], [7, 5]),
  resize("resizeBilinear", "2x, H = W", [1, 4, 4, 2], [8, 8]),
  resize("resizeBilinear", "H ≠ W, B 2", [2, 3, 5, 2], [7, 8]),
  resize("resizeBilinear", "smaller", [1, 8, 6, 1], [4, 5]),
  resize("resizeBilinear", "half-pixel centers, 2x", [2, 3, 4, 2], [6, 8], true),
];
