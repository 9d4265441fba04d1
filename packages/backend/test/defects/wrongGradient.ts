import type { Reference } from "@mammo/testing/reference";
import * as tf from "@tensorflow/tfjs-core";

/** The gradient of sum(op(x) * w) for x = 0, 1, 4, 9… (all different) against its definition by differences. */
export async function wrongGradient(
  shape: number[],
  op: (x: tf.Tensor4D) => tf.Tensor,
  definition: (x: Reference) => Reference,
): Promise<string | undefined> {
  const count = shape.reduce((product, side) => product * side, 1);
  const values = Float64Array.from({ length: count }, (_, i) => ((i * 37) % count) / count + 0.01);
  const weight = (i: number) => ((i * 11) % 7) + 1;
  const loss = (x: Float64Array) => definition({ shape, values: x }).values.reduce((sum, y, i) => sum + y * weight(i), 0);
  const wanted = values.map((value, i) => (loss(values.with(i, value + 1e-5)) - loss(values.with(i, value - 1e-5))) / 2e-5);
  try {
    const found = tf.tidy(() =>
      tf.grad((x: tf.Tensor) => {
        const y = op(x as tf.Tensor4D);
        return tf.sum(
          tf.mul(
            y,
            tf.tensor(
              Array.from({ length: y.size }, (_, i) => weight(i)),
              y.shape,
            ),
          ),
        );
      })(tf.tensor([...values], shape)),
    );
    const got = await found.data();
    const at = wanted.findIndex((value, i) => !(Math.abs(value - got[i]!) < 1e-2));
    return at < 0 ? undefined : `gradient ${at} is ${got[at]}, by definition ${wanted[at]!.toFixed(3)}`;
  } catch (error) {
    return `throws: ${(error as Error).message}`;
  }
}
