import { detectorNet } from "@mammo/models";
import { disposeOptimizer, initOptimizer, sgd, softmaxCrossEntropy, trainStep } from "@mammo/train";
import * as tf from "@tensorflow/tfjs-core";

/**
 * One step of a DetectorNet on tfjs's current backend: by how much each tensor of weights or running statistics moves, in order of their names.
 *
 * Plain descent at rate 1, so that a weight moves by its gradient: at a small rate two backends' weights agree whatever the gradients are.
 */
export async function trainDetector(): Promise<readonly Float32Array[]> {
  const model = detectorNet({ width: 0.125, seed: 3 });
  const images = tf.tensor(
    Float32Array.from({ length: 2 * 320 * 256 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.37) * Math.cos(i * 0.011)),
    [2, 320, 256, 1],
  ) as tf.Tensor4D;
  const labels = tf.tensor1d([1, 3], "int32");
  const transform = sgd({ learningRate: 1 });
  const weights = Object.entries({ ...model.params, ...model.buffers }).sort(([a], [b]) => (a < b ? -1 : 1));
  const values = () => Promise.all(weights.map(async ([, weight]) => (await weight.data()).slice() as Float32Array));
  let state = initOptimizer(transform, model);
  try {
    const loss = (_model: typeof model, _batch: undefined, mode: { training: (name: string) => boolean }) =>
      softmaxCrossEntropy(labels, tf.mean(model.apply(images, mode), [1, 2]));
    const before = await values();
    ({ state } = await trainStep(model, undefined, { loss, transform, state, step: 0 }));
    return (await values()).map((after, index) => after.map((value, i) => value - before[index]![i]!));
  } finally {
    disposeOptimizer(state);
    tf.dispose([images, labels]);
    model.dispose();
  }
}
