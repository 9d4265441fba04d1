import { detectorNet } from "@mammo/models";
import { disposeSlots, sgd, softmaxCrossEntropy, startSlots, trainStep } from "@mammo/train";
import * as tf from "@tensorflow/tfjs-core";

/** Two steps of a DetectorNet on tfjs's current backend: the weights and running statistics that come out, in order of their names. */
export async function trainDetector(): Promise<readonly number[]> {
  const model = detectorNet({ width: 0.125, seed: 3 });
  const images = tf.tensor(
    Float32Array.from({ length: 2 * 320 * 256 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.37) * Math.cos(i * 0.011)),
    [2, 320, 256, 1],
  ) as tf.Tensor4D;
  const labels = tf.tensor1d([1, 3], "int32");
  // Small steps, and not Adam's: a rounding may put a ReLU on the other side of its kink, which moves a gradient by parts of a thousand, and Adam's first
  // step is the gradient's mere sign.
  const transform = sgd({ learningRate: 2e-5, momentum: 0.9 });
  let slots = startSlots(transform, model);
  try {
    const loss = (_model: typeof model, _batch: undefined, mode: { training: (name: string) => boolean }) =>
      softmaxCrossEntropy(labels, tf.mean(model.apply(images, mode), [1, 2]));
    for (let step = 0; step < 2; step++) ({ slots } = await trainStep(model, undefined, { loss, transform, slots, step }));
    const weights = Object.entries({ ...model.params, ...model.buffers }).sort(([a], [b]) => (a < b ? -1 : 1));
    const values = await Promise.all(weights.map(([, weight]) => weight.data()));
    return values.flatMap((value) => [...value]);
  } finally {
    disposeSlots(slots);
    tf.dispose([images, labels]);
    model.dispose();
  }
}
