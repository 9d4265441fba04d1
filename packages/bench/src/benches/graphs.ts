// npm run bench -- graphs: all six graphs on a batch of their recipe: inference on our wasm beside onnxruntime, a training step, and which kernels take its time.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Bench, Harness } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";
import { type GraphCase, graphCases, width } from "../training/graphCase.ts";
import { trainingViews, writeRawViews } from "../training/trainingCohort.ts";

const program = fileURLToPath(new URL("./contenders/ourGraph.ts", import.meta.url));
/** Kernels of a step that are told by name. */
const told = 6;

export const bench: Bench = {
  name: "graphs",
  async run(harness) {
    const women = harness.quick ? 8 : 16;
    harness.note(
      `A batch of the recipe's, of ${women} phantom women's views, width ${width}. PyTorch's training steps stand beside ours in \`npm run bench -- train\`.`,
    );
    const folder = temporaryFolder();
    try {
      await writeRawViews(folder, await trainingViews(folder, women));
      const rows: (readonly (string | number)[])[] = [];
      for (const test of graphCases) rows.push(...(await timeGraph(harness, test, { folder, women })));
      harness.table({ title: "Kernels of a training step on wasm", columns: ["graph", "kernel", "ms a step", "share"], rows });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function timeGraph(
  harness: Harness,
  test: GraphCase,
  { folder, women }: { readonly folder: string; readonly women: number },
): Promise<(readonly (string | number)[])[]> {
  const { graph, batch, kind } = test;
  const child = (task: string) =>
    harness.child({
      ...{ name: task, command: process.execPath, work: batch, timeoutSeconds: 600 },
      args: [...process.execArgv, program, folder, String(women), task, JSON.stringify(test)],
      environment: { MAMMO_BACKEND: "" },
    });
  const inference = [await child("wasm"), await child("onnxruntime")].filter((one) => one !== undefined);
  const [ours, theirs] = inference.map(({ about }) => about["outputs"] as readonly number[]);
  const limit = 1e-4 * (ours ?? []).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const apart = (theirs ?? []).reduce((most, value, at) => Math.max(most, Math.abs(value - ours![at]!)), 0);
  if (!(apart <= limit)) throw new Error(`Expected onnxruntime to give the logits of ${graph} within ${limit}, got ${apart} off`);
  await harness.compare(`${graph}, inference of ${batch} ${kind}`, inference, { unit: "items" });
  for (const one of inference) one.stop();
  const step = await child("train");
  if (!step) return [];
  await harness.compare(`${graph}, a training step of ${batch} ${kind}`, [step], { unit: "items" });
  const { peakMiB: _, ...kernels } = await step.memory();
  step.stop();
  const all = Object.values(kernels).reduce((sum, milliseconds) => sum + milliseconds, 0);
  const sorted = Object.entries(kernels).sort(([, a], [, b]) => b - a);
  return sorted.slice(0, told).map(([name, milliseconds]) => [graph, name, milliseconds.toFixed(1), `${((100 * milliseconds) / all).toFixed(0)} %`]);
}
