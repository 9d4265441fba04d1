import * as tf from "@tensorflow/tfjs-core";
import * as reference from "../reference/index.ts";
import type { GradientCase } from "./gradientCase.ts";

function reduction(op: "sum" | "mean" | "max", form: string, x: readonly number[], axes: readonly number[] | undefined): GradientCase {
  const chosen = axes ?? x.map((_, axis) => axis);
  const compute = { sum: tf.sum, mean: tf.mean, max: tf.max }[op];
  return {
    ...{ op, form: `over ${form}`, inputs: [x] },
    compute: ([x]) => compute(x!, axes && [...axes]),
    reference: ([x]) => reference.reduce(x!, chosen, op),
  };
}

/** What moves values and gives them back as they were. */
function identity(op: string, compute: (x: tf.Tensor) => tf.Tensor): GradientCase {
  return { op, form: "B 3, odd", inputs: [[3, 5, 7]], compute: ([x]) => compute(x!), reference: ([x]) => x! };
}

/** Products, reductions, and what moves values without changing them. */
export const arrayCases: readonly GradientCase[] = [
  {
    ...{
      op: "matMul",
      form: "3x5 by 5x7",
      inputs: [
        [3, 5],
        [5, 7],
      ],
    },
    compute: ([a, b]) => tf.matMul(a!, b!),
    reference: ([a, b]) => reference.matMul(a!, b!),
  },
  {
    ...{ op: "gather", form: "repeated rows", inputs: [[4, 3, 2]] },
    compute: ([x]) => tf.gather(x!, tf.tensor1d([2, 0, 2, 3, 2], "int32")),
    reference: ([x]) => reference.gather(x!, [2, 0, 2, 3, 2]),
  },
  {
    ...{ op: "oneHot (float32)", form: "times x", inputs: [[4, 3]] },
    compute: ([x]) => tf.mul(x!, tf.oneHot(tf.tensor1d([2, 0, 1, 2], "int32"), 3, 2, -1, "float32")),
    reference: ([x]) => ({ shape: x!.shape, values: x!.values.map((value, i) => value * ([2, 0, 1, 2][Math.floor(i / 3)] === i % 3 ? 2 : -1)) }),
  },
  reduction("sum", "all axes", [3, 5, 4], undefined),
  reduction("sum", "B, H, W, odd", [3, 5, 7, 4], [0, 1, 2]),
  reduction("sum", "last axis", [3, 5, 4], [2]),
  reduction("mean", "all axes", [3, 5, 4], undefined),
  reduction("mean", "H and W", [3, 5, 7, 4], [1, 2]),
  reduction("mean", "B, H, W, one channel", [2, 5, 7, 1], [0, 1, 2]),
  reduction("max", "H and W", [3, 5, 7, 4], [1, 2]),
  reduction("max", "all axes", [3, 5, 4], undefined),
  {
    ...{
      op: "stack",
      form: "three of 2x3, axis 0",
      inputs: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    },
    compute: (parts) => tf.stack([...parts]),
    reference: (parts) => ({ shape: [3, 2, 3], values: Float64Array.from(parts.flatMap(({ values }) => [...values])) }),
  },
  {
    ...{ op: "broadcastTo", form: "4 to 3x5x4", inputs: [[4]] },
    compute: ([x]) => tf.broadcastTo(x!, [3, 5, 4]),
    reference: ([x]) => ({ shape: [3, 5, 4], values: Float64Array.from({ length: 60 }, (_, i) => x!.values[i % 4]!) }),
  },
  identity("clone, reshape, transpose", (x) => tf.transpose(tf.reshape(tf.transpose(tf.clone(x), [2, 1, 0]), [7, 5, 3]), [2, 1, 0])),
  identity("slice, concat", (x) => tf.concat([tf.slice(x, [0, 0, 0], [1, 5, 7]), tf.slice(x, [1, 0, 0], [2, 5, 7])], 0)),
];
