// A contender of train.ts: a graph of ours in training, as the recipes train it. node ourTraining.ts FOLDER WOMEN STEPS BATCH_THREADS CASE (JSON)
import { selectBackend } from "@mammo/backend";
import { parameterCount } from "@mammo/models";
import { type BatchOf, describeBackend, type GraphKind, type GraphOf, graphLosses, recipeBatches } from "@mammo/pipeline/node";
import { adam, type Loss, type Stage, trainStage } from "@mammo/train";
import { serve } from "../../harness/serve.ts";
import { buildGraph, type GraphCase } from "../../training/graphCase.ts";
import { timeBackend } from "../../training/timeBackend.ts";
import { trainingViews } from "../../training/trainingCohort.ts";

const [folder, women, stepCount, threadCount, test] = process.argv.slice(2) as [string, string, string, string, string];
const [steps, threads] = [Number(stepCount), Number(threadCount)];

await serve(async () => {
  const selected = await selectBackend();
  const views = await trainingViews(folder, Number(women));
  const { model, stage, about } = prepare(JSON.parse(test) as GraphCase);
  const inBackend = timeBackend();
  const spent = { all: 0, inStep: 0, inBackend: 0 };

  /** The first step fills the caches and is not timed; that batches are begun ahead neither helps nor harms the others, since as many are made in their time. */
  async function iterate(): Promise<number> {
    const ahead = threads && threads + 1;
    let begun = 0;
    const loss: typeof stage.loss = (...args) => {
      begun = performance.now();
      return stage.loss(...args);
    };
    let [start, before, inStep] = [0, 0, 0];
    for await (const { step } of trainStage(model, { ...stage, steps: 1 + steps + ahead, loss }, { ahead })) {
      const now = performance.now();
      if (step === 1) [start, before] = [now, inBackend()];
      else inStep += now - begun;
      if (step < 1 + steps) continue;
      spent.all += now - start;
      spent.inStep += inStep;
      spent.inBackend += inBackend() - before;
      return (now - start) / 1000 / steps;
    }
    throw new Error("Expected a stage to run to its last step.");
  }
  await iterate(); // compilers and caches settle
  Object.assign(spent, { all: 0, inStep: 0, inBackend: 0 });
  return {
    about: { version: describeBackend(selected), ...about },
    iterate,
    memory: () => ({ inStep: spent.inStep / spent.all, inBackend: spent.inBackend / spent.all }),
  };

  function prepare<Kind extends GraphKind>(graph: GraphCase<Kind>) {
    const { model, options } = buildGraph(graph);
    const { batch } = recipeBatches(views, { kind: graph.kind, options, threads });
    const loss: Loss<GraphOf[Kind], BatchOf[Kind]> = graphLosses[graph.kind];
    const transform = adam({ learningRate: 1e-3, weightDecay: 1e-3, clipNorm: 5 });
    const stage: Stage<GraphOf[Kind], BatchOf[Kind]> = { name: graph.graph, steps, loss, batch, transform };
    return { model, stage, about: { parameters: parameterCount(model) } };
  }
});
process.exit();
