import { keyedRandom } from "@mammo/mammogram";
import { detectorNet } from "@mammo/models";
import { disposeOptimizer, initOptimizer, type Loss, sgd, softmaxCrossEntropy, trainStep } from "@mammo/train";
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

/** A forward pass, two training steps and a forward pass of a small DetectorNet on two made-up pictures. */
export async function trial(): Promise<Trial> {
  const start = memory().numTensors;
  const model = detectorNet({ width: 1 / 16, seed: 3 });
  // Noise, of several cells, in small steps: near-ties in the pools and norms of a handful of values would blow rounding up.
  const random = keyedRandom(1, "trial");
  const pixels = Float32Array.from({ length: 2 * 256 * 320 }, random.uniform);
  const pictures = tensor4d(pixels, [2, 256, 320, 1]);
  const labels = tensor1d([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1], "int32");
  const transform = sgd({ learningRate: 1e-4, momentum: 0.9 });
  const loss: Loss<typeof model, { pictures: Tensor4D; labels: Tensor1D }> = (model, { pictures, labels }, mode) =>
    softmaxCrossEntropy(labels, reshape(model.apply(pictures, mode), [12, 5]));

  const forward = async () => {
    const logits = model.apply(pictures);
    const numbers = Array.from(await logits.data());
    logits.dispose();
    return numbers;
  };
  const before = await forward();
  const losses: number[] = [];
  let state = initOptimizer(transform, model);
  for (let step = 0; step < 2; step++) {
    const done = await trainStep(model, { pictures, labels }, { loss, transform, state, step });
    state = done.state;
    losses.push(done.loss);
  }
  const after = await forward();
  disposeOptimizer(state);
  dispose([pictures, labels]);
  model.dispose();
  return { before, losses, after, leaked: memory().numTensors - start };
}
