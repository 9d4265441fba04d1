import * as tf from "@tensorflow/tfjs-core";

export interface TrainedPyramid {
  /** Mean squared error before each step. */
  readonly losses: readonly number[];
  /** All filters after the last step, in order. */
  readonly weights: readonly number[];
}

/** [h, w, inputs, outputs] of each convolution. */
const shapes = [
  [3, 3, 1, 8],
  [3, 3, 8, 8],
  [3, 3, 8, 16],
  [1, 1, 8, 12],
  [1, 1, 16, 12],
  [3, 3, 12, 12],
  [3, 3, 12, 5],
] as const;

/**
 * Trains a small pyramid, as in a RetinaNet, for some steps of plain descent on tfjs's current backend: strided and pooled levels, lateral 1x1, upsampling
 * and sum, a shared head. The same numbers go in everywhere, so backends that compute rightly come out with the same weights.
 */
export async function trainPyramid(steps = 8): Promise<TrainedPyramid> {
  const filters = shapes.map((shape, i) =>
    tf.tidy(() => tf.variable(wave([...shape], 1.3 + i / 7, 1.4 / Math.sqrt(shape[0] * shape[1] * shape[2])))),
  );
  const x = wave([2, 26, 22, 1], 0.77, 1) as tf.Tensor4D;
  const target = tf.tidy(() => tf.add(wave([2, 13, 11, 5], 0.39, 0.3), 0.7));
  try {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const loss = tf.tidy(() => descend(filters, () => tf.mean(tf.square(tf.sub(pyramid(x, filters), target))) as tf.Scalar));
      losses.push((await loss.data())[0]!);
      loss.dispose();
    }
    const weights = await Promise.all(filters.map((filter) => filter.data()));
    return { losses, weights: weights.flatMap((values) => [...values]) };
  } finally {
    tf.dispose([x, target, ...filters]);
  }
}

/** x [B, 26, 22, 1] -> [B, 13, 11, 5] */
function pyramid(x: tf.Tensor4D, filters: readonly tf.Variable[]): tf.Tensor {
  const conv = (input: tf.Tensor, filter: number, stride = 1) =>
    tf.conv2d(input as tf.Tensor4D, filters[filter] as unknown as tf.Tensor4D, stride, "same");
  const fine = tf.relu(conv(tf.maxPool(tf.relu(conv(x, 0)) as tf.Tensor4D, 2, 2, "valid"), 1)); // [B, 13, 11, 8]
  const coarse = tf.relu(conv(fine, 2, 2)); // [B, 7, 6, 16]
  const up = tf.slice(tf.image.resizeNearestNeighbor(conv(coarse, 4) as tf.Tensor4D, [14, 12]), [0, 0, 0, 0], [-1, 13, 11, 12]);
  return conv(tf.relu(conv(tf.add(conv(fine, 3), up), 5)), 6);
}

function descend(filters: readonly tf.Variable[], loss: () => tf.Scalar): tf.Scalar {
  const { value, grads } = tf.variableGrads(loss, [...filters]);
  for (const filter of filters) filter.assign(tf.sub(filter, tf.mul(grads[filter.name]!, 0.35)));
  return value;
}

function wave(shape: number[], step: number, scale: number): tf.Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => scale * Math.sin((i + 1) * step)),
    shape,
  );
}
