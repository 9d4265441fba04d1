import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "./errors.ts";

/** One operation whose gradient is projected on a fixed direction for each input, and what double precision gives. */
export interface SelfTestCase {
  readonly name: string;
  readonly inputs: readonly (readonly number[])[];
  compute(inputs: readonly tf.Tensor[]): tf.Tensor;
  /** Derivatives of the weighted sum of the result along `direction`, one an input; recomputed by test/selfTest.test.ts. */
  readonly expected: readonly number[];
}

/** The inputs, and the weights of the result: a wave whose maxima are apart. */
export const wave = (count: number, step: number) => Float64Array.from({ length: count }, (_, index) => Math.sin((index + 1) * step));
export const inputStep = 1.7;
export const weightStep = 0.71;
export const directionStep = 0.37;

function batchNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  if (tf.getKernel("MammoBatchNormTrain", tf.getBackend()))
    return (tf.engine().runKernel("MammoBatchNormTrain", { x, scale, offset }, { epsilon: 1e-3, relu: true }) as tf.Tensor[])[0]!;
  const deviation = tf.sub(x, tf.mean(x, [0, 1, 2]));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(deviation), [0, 1, 2]), 1e-3));
  return tf.relu(tf.add(tf.mul(deviation, tf.mul(inverse, scale)), offset));
}

/** The operations on which a training step of our graphs depends most. */
export const selfTestCases: readonly SelfTestCase[] = [
  {
    ...{
      name: "conv2d 3x3",
      inputs: [
        [2, 5, 4, 3],
        [3, 3, 3, 5],
      ],
    },
    compute: ([x, filter]) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"),
    expected: [1.096488, -4.735787],
  },
  {
    ...{
      name: "conv2d 3x3, stride 2",
      inputs: [
        [1, 7, 6, 2],
        [3, 3, 2, 4],
      ],
    },
    compute: ([x, filter]) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "same"),
    expected: [2.970828, -15.193905],
  },
  { name: "maxPool 2x2", inputs: [[2, 5, 6, 3]], compute: ([x]) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), expected: [-0.181234] },
  {
    ...{ name: "upsampling 2x", inputs: [[2, 3, 4, 2]] },
    compute: ([x]) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [6, 8]),
    expected: [1.393532],
  },
  {
    name: "batch norm",
    inputs: [[2, 5, 3, 4], [4], [4]],
    compute: ([x, scale, offset]) => batchNorm(x!, scale!, offset!),
    expected: [0.547001, 0.864017, -0.823849],
  },
];

/**
 * Runs the cases on tfjs's current backend, some tens of milliseconds.
 * @throws BackendError "self-test-failed" that names the operation, what was expected and what was found
 */
export async function selfTest(): Promise<void> {
  for (const { name, inputs, compute, expected } of selfTestCases) {
    const found = tf.tidy(() => {
      const tensors = inputs.map((shape) => tf.tensor(Float32Array.from(wave(size(shape), inputStep)), [...shape]));
      const loss = (...xs: tf.Tensor[]) => {
        const value = compute(xs);
        return tf.sum(tf.mul(value, tf.tensor(Float32Array.from(wave(value.size, weightStep)), value.shape)));
      };
      const along = (gradient: tf.Tensor) =>
        tf.sum(tf.mul(gradient, tf.tensor(Float32Array.from(wave(gradient.size, directionStep)), gradient.shape)));
      return tf.stack(tf.grads(loss)(tensors).map(along));
    });
    const values = await found.data();
    found.dispose();
    expected.forEach((wanted, input) => {
      const got = values[input]!;
      if (Math.abs(got - wanted) <= 1e-4 * Math.max(1, Math.abs(wanted))) return;
      throw new BackendError("self-test-failed", `Expected the gradient of ${name} for input ${input} to project to ${wanted}, got ${got}`);
    });
  }
}

const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
