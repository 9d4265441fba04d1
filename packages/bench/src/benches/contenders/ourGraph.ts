// A contender of graphs.ts: one graph of ours on one batch of its recipe. node ourGraph.ts FOLDER WOMEN TASK THREADS CASE (JSON); TASK is wasm or onnxruntime (inference), or train.
import { availableParallelism } from "node:os";
import { selectBackend } from "@mammo/backend";
import { parameterCount, tfjsRunner } from "@mammo/models";
import { onnxRunner } from "@mammo/models/export";
import { type BatchOf, type GraphKind, type GraphOf, graphLosses, recipeBatches } from "@mammo/pipeline/node";
import { adam, initOptimizer, type Loss, trainStep } from "@mammo/train";
import type { Tensor } from "@tensorflow/tfjs-core";
import { serve } from "../../harness/serve.ts";
import { buildGraph, type GraphCase, inference, inferenceInputs } from "../../training/graphCase.ts";
import { timeBackend } from "../../training/timeBackend.ts";
import { trainingViews } from "../../training/trainingCohort.ts";

const [folder, women, task, test] = process.argv.slice(2) as [string, string, "wasm" | "onnxruntime" | "train", string];

await serve(async () => {
  const threads = availableParallelism();
  await selectBackend({ prefer: "wasm", threads });
  const views = await trainingViews(folder, Number(women));
  return prepare(JSON.parse(test) as GraphCase);

  async function prepare<Kind extends GraphKind>(graph: GraphCase<Kind>) {
    const { model, options } = buildGraph(graph);
    const { batch } = recipeBatches(views, { kind: graph.kind, options });
    const own = await batch(0);
    const about = { parameters: parameterCount(model) };
    if (task === "train") {
      const spent: Record<string, number> = {};
      let steps = 0;
      timeBackend((name, milliseconds) => void (spent[name] = (spent[name] ?? 0) + milliseconds));
      const loss: Loss<GraphOf[Kind], BatchOf[Kind]> = graphLosses[graph.kind];
      const transform = adam({ learningRate: 1e-3, weightDecay: 1e-3, clipNorm: 5 });
      let state = initOptimizer(transform, model);
      return {
        about,
        async iterate() {
          ({ state } = await trainStep(model, own, { loss, transform, state, step: steps++ }));
        },
        /** Milliseconds a step by kernel. */
        memory: () => Object.fromEntries(Object.entries(spent).map(([name, all]) => [name, all / steps])),
      };
    }
    const runner = task === "wasm" ? tfjsRunner : onnxRunner(await import("onnxruntime-node"), { intraOpNumThreads: threads });
    const inputs = await inferenceInputs(graph.kind, own as Readonly<Record<string, Tensor>>);
    const run = () => runner.run(inference, model, inputs);
    const outputs = Object.entries(await run()).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      about: { ...about, outputs: outputs.flatMap(([, { data }]) => Array.from(data.subarray(0, 100))) },
      async iterate() {
        await run();
      },
    };
  }
});
process.exit();
