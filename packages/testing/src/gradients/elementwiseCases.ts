import * as tf from "@tensorflow/tfjs-core";
import * as reference from "../reference/index.ts";
import type { GradientCase } from "./gradientCase.ts";

function binary(
  op: string,
  form: string,
  shapes: readonly (readonly number[])[],
  compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  value: (a: number, b: number) => number,
) {
  return {
    ...{ op, form, inputs: shapes, compute: ([a, b]) => compute(a!, b!) },
    reference: ([a, b]) => reference.elementwise(a!, b!, value),
  } satisfies GradientCase as GradientCase;
}

function unary(op: string, compute: (x: tf.Tensor) => tf.Tensor, value: (x: number) => number): GradientCase {
  return { op, form: "B 3, odd", inputs: [[3, 5, 7]], compute: ([x]) => compute(x!), reference: ([x]) => reference.map(x!, value) };
}

/** Positive, for roots and logarithms, and smooth. */
const positive = (x: tf.Tensor) => tf.add(tf.square(x), 0.5);

/** Operations on each element alone, with and without broadcasting. */
export const elementwiseCases: readonly GradientCase[] = [
  binary("add", "broadcast over B, H, W", [[3, 4, 5, 2], [2]], tf.add, (a, b) => a + b),
  binary("sub", "broadcast", [[3, 5, 4], [4]], tf.sub, (a, b) => a - b),
  binary("mul", "broadcast over B, H, W", [[3, 4, 5, 2], [2]], tf.mul, (a, b) => a * b),
  binary(
    "div",
    "broadcast",
    [[3, 5, 4], [4]],
    (a, b) => tf.div(a, positive(b)),
    (a, b) => a / (b * b + 0.5),
  ),
  {
    ...{ op: "addN", form: "20 tensors", inputs: Array.from({ length: 20 }, () => [2, 3]) },
    compute: (terms) => tf.addN([...terms]),
    reference: (terms) => terms.reduce((sum, term) => reference.elementwise(sum, term, (a, b) => a + b)),
  },
  unary("relu", tf.relu, (x) => Math.max(0, x)),
  unary("sigmoid", tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  unary("exp", tf.exp, Math.exp),
  unary(
    "log",
    (x) => tf.log(positive(x)),
    (x) => Math.log(x * x + 0.5),
  ),
  unary(
    "sqrt",
    (x) => tf.sqrt(positive(x)),
    (x) => Math.sqrt(x * x + 0.5),
  ),
  unary(
    "rsqrt",
    (x) => tf.rsqrt(positive(x)),
    (x) => 1 / Math.sqrt(x * x + 0.5),
  ),
  unary("abs", tf.abs, Math.abs),
  unary("square", tf.square, (x) => x * x),
  unary("tanh", tf.tanh, Math.tanh),
  // Its gradient is 0 everywhere that is asked.
  unary(
    "step",
    (x) => tf.mul(tf.step(x), x),
    (x) => Math.max(0, x),
  ),
  unary(
    "fill, zerosLike",
    (x) => tf.add(tf.mul(x, tf.fill(x.shape, 3)), tf.zerosLike(x)),
    (x) => 3 * x,
  ),
  // Not of b itself: the table's inputs share their values, and a tie has no gradient.
  binary(
    "minimum",
    "same shapes",
    [
      [3, 5, 4],
      [3, 5, 4],
    ],
    (a, b) => tf.minimum(a, tf.mul(b, 0.9)),
    (a, b) => Math.min(a, b * 0.9),
  ),
  binary(
    "maximum",
    "same shapes",
    [
      [3, 5, 4],
      [3, 5, 4],
    ],
    (a, b) => tf.maximum(a, tf.mul(b, 0.9)),
    (a, b) => Math.max(a, b * 0.9),
  ),
];
