// npm run bench -- backend: forward pass and training step of the nets on the wasm backend beside PyTorch on the same processor.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { selectBackend } from "@mammo/backend";
import { detectorNet, dreamNet, type Model, parameterCount } from "@mammo/models";
import { adam, disposeSlots, sigmoidCrossEntropy, softmaxCrossEntropy, startSlots, trainStep } from "@mammo/train";
import * as tf from "@tensorflow/tfjs-core";
import { netFlop } from "./backendFlop.ts";

import type { Bench, Harness } from "./harness.ts";
import { speedup } from "./harnessRace.ts";

const python = process.env["MAMMO_PYTHON"] ?? "python3";
const script = fileURLToPath(new URL("./backendTorch.py", import.meta.url));

export interface NetCase {
  readonly net: "detector" | "dream";
  readonly width: number;
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly task: "forward" | "train";
}

const sizes = { detector: { rows: 224, columns: 224 }, dream: { rows: 1200, columns: 800 } } as const;
const cases: readonly NetCase[] = [0.125, 0.25].flatMap((width) => [
  { net: "detector", width, batch: 16, ...sizes.detector, task: "forward" },
  { net: "detector", width, batch: 16, ...sizes.detector, task: "train" },
  { net: "dream", width, batch: 1, ...sizes.dream, task: "forward" },
  { net: "dream", width, batch: 2, ...sizes.dream, task: "train" },
]);

/** Ratios of time to PyTorch's with as many threads that the backend has promised. */
const bars = { forward: 1.5, train: 2.5 } as const;

export const bench: Bench = {
  name: "backend",
  async run(harness) {
    const threads = availableParallelism();
    const selected = await selectBackend({ prefer: "wasm", threads });
    harness.note(
      `Ours: ${selected.device}, ${selected.threads} threads, ${selected.simd}. Peaks are of multiply + add without relaxed SIMD's fusion, which ours may use.`,
    );
    const heaps: (string | number)[][] = [];
    for (const test of harness.quick ? cases.slice(0, 4) : cases) heaps.push(await compare(harness, test, threads));
    harness.table({
      title: "Rate and memory of ours (the heap never shrinks: the largest case so far counts)",
      columns: ["net", "task", "GFLOP", "GFLOP/s", "share of the wasm peak", "heap, MiB"],
      rows: heaps,
    });
  },
};

async function compare(harness: Harness, test: NetCase, threads: number): Promise<(string | number)[]> {
  const { net, width, batch, rows, columns, task } = test;
  const title = `${net === "detector" ? "DetectorNet" : "DreamNet"} w ${width}, ${batch} x ${rows} x ${columns}, ${task}`;
  const work = (netFlop(test) * (task === "train" ? 3 : 1)) / 1e9;
  const ours = makeOurs(test);
  const torch = await harness.child({
    ...{ name: "PyTorch", command: python, work, environment: { OMP_NUM_THREADS: String(threads) } },
    args: [script, net, ...[width, batch, rows, columns].map(String), task, String(threads)],
  });
  if (torch && torch.about["parameters"] !== ours.parameters)
    throw new Error(`Expected PyTorch's net to have ${ours.parameters} parameters like ours, got ${torch.about["parameters"]}`);

  const rivals = [{ name: "wasm", work, iterate: ours.iterate }, ...(torch ? [torch] : [])];
  const race = await harness.race(title, rivals, { unit: "GFLOP" });
  const name = `${net}.${width}.${task}`;
  if (torch) harness.bar(`${name}.time-to-PyTorch`, 1 / speedup(race, "wasm", "PyTorch"), "<=", bars[task]);
  torch?.stop();
  ours.dispose();
  const heap = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength / 2 ** 20;
  const rate = work / race.results[0]!.median;
  return [
    `${net} w ${width}`,
    `${task}, batch ${batch}`,
    work.toFixed(2),
    rate.toFixed(1),
    (rate / harness.machine.wasmGflopsAllThreads).toFixed(2),
    Math.round(heap),
  ];
}

function makeOurs({ net, width, batch, rows, columns, task }: NetCase) {
  const model: Model = net === "detector" ? detectorNet({ width }) : dreamNet({ width, rows, columns });
  const apply = model.apply as (x: tf.Tensor4D, mode?: { training: (name: string) => boolean }) => tf.Tensor;
  const x = tf.randomUniform([batch, rows, columns, 1]) as tf.Tensor4D;
  const labels =
    net === "detector"
      ? tf.tensor1d(
          Array.from({ length: batch }, (_, i) => i % 5),
          "int32",
        )
      : tf.tensor2d(Array.from({ length: batch }, (_, i) => [i % 2]));
  const transform = adam({ learningRate: 1e-3 });
  let slots = startSlots(transform, model);
  let step = 0;
  const loss = (_model: Model, _batch: undefined, mode: { training: (name: string) => boolean }) => {
    const logits = apply(x, mode);
    return net === "detector" ? softmaxCrossEntropy(labels as tf.Tensor1D, tf.reshape(logits, [batch, 5])) : sigmoidCrossEntropy(labels, logits);
  };
  return {
    parameters: parameterCount(model),
    async iterate() {
      if (task === "train") {
        ({ slots } = await trainStep(model, undefined, { loss, transform, slots, step: step++ }));
        return;
      }
      const output = apply(x);
      output.dataSync();
      output.dispose();
    },
    dispose() {
      disposeSlots(slots);
      tf.dispose([x, labels]);
      model.dispose();
    },
  };
}
