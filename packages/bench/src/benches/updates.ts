// npm run bench -- updates: what optimizers and averages cost on wasm, in one pass each beside chains of plain operations with the same bits.
import { selectBackend } from "@mammo/backend";
import { detectorNet, dreamNet, type Model } from "@mammo/models";
import { adam, disposeOptimizer, ema, initOptimizer, sgd, softmaxCrossEntropy, type Transform, trainStep } from "@mammo/train";
import * as tf from "@tensorflow/tfjs-core";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";

const kernels = ["MammoAdam", "MammoWeightedSum"].map((name) => ({ name, backend: "wasm" }));

export const bench: Bench = {
  name: "updates",
  async run(harness) {
    const { threads } = await selectBackend({ prefer: "wasm" });
    harness.note(`On wasm with ${threads} threads; "plain" is the same program after the two fused kernels were taken out.`);
    for (const width of harness.quick ? [0.125] : [0.125, 0.25]) {
      const nets = { detector: detectorNet({ width }), dream: dreamNet({ width }) };
      for (const [net, model] of Object.entries(nets)) await alone(harness, `${net}.${width}`, model);
      await wholeStep(harness, `detector.${width}`, nets.detector);
      for (const model of Object.values(nets)) model.dispose();
    }
  },
};

/** The update of all parameters from gradients that are there already. */
async function alone(harness: Harness, name: string, model: Model): Promise<void> {
  const grads = Object.fromEntries(Object.entries(model.params).map(([name, param]) => [name, tf.keep(tf.randomNormal(param.shape))]));
  const works: Record<string, [work: () => void, end: () => void]> = {
    "adam, decay": updates(adam({ learningRate: 1e-3, weightDecay: 1e-4 }), model, grads),
    "sgd, momentum": updates(sgd({ learningRate: 1e-3, momentum: 0.9 }), model, grads),
    average: averaging(model),
  };
  for (const [work, [iterate, end]] of Object.entries(works)) {
    const comparison = await harness.compare(
      `${name}: ${work}`,
      contenders(async () => iterate()),
      { unit: "step" },
    );
    harness.threshold(`updates.${name}.${work.split(",")[0]}.speedup`, speedup(comparison, "one pass", "plain"), ">=", 1);
    end();
  }
  tf.dispose(Object.values(grads));
}

function updates(transform: Transform, model: Model, grads: tf.NamedTensorMap): [work: () => void, end: () => void] {
  const state = initOptimizer(transform, model);
  const params = { ...model.params };
  return [() => void tf.tidy(() => void transform.update(grads, { state, params, step: 1 })), () => disposeOptimizer(state)];
}

function averaging(model: Model): [work: () => void, end: () => void] {
  const average = ema(model, { decay: 0.9 });
  return [() => average.update(model, 1), () => average.dispose()];
}

async function wholeStep(harness: Harness, name: string, model: Model & { apply(x: tf.Tensor4D, mode?: object): tf.Tensor }): Promise<void> {
  const batch = 16;
  const x = tf.randomUniform([batch, 224, 224, 1]) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % 5),
    "int32",
  );
  const transform = adam({ learningRate: 1e-3, weightDecay: 1e-4 });
  let state = initOptimizer(transform, model);
  const step = async () => {
    const loss = (_: Model, __: undefined, mode: object) => softmaxCrossEntropy(labels, tf.reshape(model.apply(x, mode), [batch, 5]));
    ({ state } = await trainStep(model, undefined, { loss, transform, state, step: 1 }));
  };
  const comparison = await harness.compare(`${name}: training step of ${batch} x 224 x 224 with AdamW`, contenders(step), { unit: "step" });
  harness.threshold(`updates.${name}.step.speedup`, speedup(comparison, "one pass", "plain"), ">=", 1);
  disposeOptimizer(state);
  tf.dispose([x, labels]);
}

/** The same work with and without the fused kernels. */
function contenders(iterate: () => Promise<void>) {
  return [
    { name: "one pass", work: 1, iterate },
    { name: "plain", work: 1, iterate: () => withoutKernels(iterate) },
  ];
}

async function withoutKernels(work: () => Promise<void>): Promise<void> {
  const taken = kernels.map(({ name, backend }) => tf.getKernel(name, backend));
  for (const { name, backend } of kernels) tf.unregisterKernel(name, backend);
  try {
    await work();
  } finally {
    for (const kernel of taken) tf.registerKernel(kernel);
  }
}
