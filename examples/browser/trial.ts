import { detectorNet } from "@mammo/models";
import { disposeSlots, type Loss, sgd, softmaxCrossEntropy, startSlots, trainStep } from "@mammo/train";
import { dispose, memory, reshape, type Tensor1D, type Tensor4D, tensor1d, tensor4d } from "@tensorflow/tfjs-core";

/** What a small net says before and after training: the same numbers, to rounding, on every backend. */
export interface Trial {
  readonly before: number[];
  /** Of each training step. */
  readonly losses: number[];
  readonly after: number[];
  /** Tensors that were not there at the beginning. */
  readonly leaked: number;
}

/** A forward pass, three training steps and a forward pass of a small DetectorNet on two made-up patches. */
export async function trial(): Promise<Trial> {
  const start = memory().numTensors;
  const model = detectorNet({ width: 1 / 16, seed: 3 });
  const pixels = Float32Array.from({ length: 2 * 192 * 224 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.01) * Math.sin(i * 0.37));
  const patches = tensor4d(pixels, [2, 192, 224, 1]);
  const labels = tensor1d([1, 4], "int32");
  const transform = sgd({ learningRate: 0.01, momentum: 0.9 });
  const loss: Loss<typeof model, { patches: Tensor4D; labels: Tensor1D }> = (model, { patches, labels }, mode) =>
    softmaxCrossEntropy(labels, reshape(model.apply(patches, mode), [2, 5]));

  const forward = async () => {
    const logits = model.apply(patches);
    const numbers = Array.from(await logits.data());
    logits.dispose();
    return numbers;
  };
  const before = await forward();
  const losses: number[] = [];
  let slots = startSlots(transform, model);
  for (let step = 0; step < 3; step++) {
    const done = await trainStep(model, { patches, labels }, { loss, transform, slots, step });
    slots = done.slots;
    losses.push(done.loss);
  }
  const after = await forward();
  disposeSlots(slots);
  dispose([patches, labels]);
  model.dispose();
  return { before, losses, after, leaked: memory().numTensors - start };
}
