import { type DetectorNet, type DreamNet, detectorNet, dreamNet } from "@mammo/models";
import { adam, disposeOptimizer, initOptimizer, sigmoidCrossEntropy, softmaxCrossEntropy, trainStep } from "@mammo/train";
import { add, reshape, type Tensor, type Tensor1D, type Tensor4D, tensor, tidy } from "@tensorflow/tfjs-core";
import { casePixels, type NetCase } from "./netCase.ts";

type Mode = { readonly training: (name: string) => boolean };

/** The net of a case on the current backend. Offsets and running statistics are moved off 0 and 1, so that a graph that forgets one shows. */
export function buildNet({ net, width, rows, columns }: NetCase): DetectorNet | DreamNet {
  const model = net === "detector" ? detectorNet({ width }) : dreamNet({ width, rows, columns });
  for (const [name, weight] of Object.entries({ ...model.params, ...model.buffers })) {
    if (!/(offset|bias|mean|variance)$/.test(name)) continue;
    tidy(() =>
      weight.assign(
        add(
          weight,
          tensor(
            Float32Array.from({ length: weight.size }, (_, i) => 0.1 * Math.sin(i + name.length)),
            weight.shape,
          ),
        ),
      ),
    );
  }
  return model;
}

/** A case made ready on the current backend: its logits, and the work that is timed. */
export async function prepareNet(test: NetCase) {
  const { net, batch, rows, columns, task } = test;
  const model = buildNet(test);
  const apply = model.apply as (x: Tensor4D, mode?: Mode) => Tensor;
  const batches = casePixels(test).map((pixels) => tensor(pixels, [batch, rows, columns, 1]) as Tensor4D);
  const [x] = batches as [Tensor4D];
  let call = 0;
  const classes = Array.from({ length: batch }, (_, i) => i % 5);
  const labels =
    net === "detector"
      ? tensor(classes, [batch], "int32")
      : tensor(
          classes.map((label) => label % 2),
          [batch, 1],
        );
  const transform = adam({ learningRate: 1e-3 });
  let state = initOptimizer(transform, model);
  let step = 0;
  const loss = (_model: typeof model, _batch: undefined, mode: Mode) => {
    const logits = apply(x, mode);
    return net === "detector" ? softmaxCrossEntropy(labels as Tensor1D, reshape(logits, [batch, 5])) : sigmoidCrossEntropy(labels, logits);
  };
  const forward = async () => {
    const output = apply(batches[call++ % batches.length]!);
    const logits = Array.from(await output.data());
    output.dispose();
    return logits;
  };
  const allLogits = async () => {
    const logits: number[] = [];
    for (const _ of batches) for (const logit of await forward()) logits.push(logit);
    return logits;
  };
  return {
    /** Of all batches, before any training. */
    logits: await allLogits(),
    async iterate() {
      if (task === "train") ({ state } = await trainStep(model, undefined, { loss, transform, state, step: step++ }));
      else await forward();
    },
    dispose() {
      disposeOptimizer(state);
      for (const tensor of [...batches, labels]) tensor.dispose();
      model.dispose();
    },
  };
}
