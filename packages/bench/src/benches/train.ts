// npm run bench -- train: how much of the recipes' training is spent in the backend, and what a step takes beside PyTorch with its DataLoader.
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Child, ChildOptions } from "../harness/child.ts";
import type { Timing } from "../harness/comparison.ts";
import { type Bench, type Harness, milliseconds } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";
import { type GraphCase, graphCases, width } from "../training/graphCase.ts";
import { trainingViews, writeRawViews } from "../training/trainingCohort.ts";

const python = process.env["MAMMO_TORCH_PYTHON"] ?? process.env["MAMMO_PYTHON"] ?? "python3";
const threads = availableParallelism();
const program = (name: string) => fileURLToPath(new URL(`./contenders/${name}`, import.meta.url));

/** Threads of ours that make batches, and workers of PyTorch's DataLoader. */
const ourThreads = [0, 1];
const workers = [1, 2];

const ours = (count: number) => (count === 0 ? "ours" : `ours, ${count} batch thread`);
const torch = (count: number) => `PyTorch, ${count} ${count === 1 ? "worker" : "workers"}`;

export const bench: Bench = {
  name: "train",
  async run(harness) {
    const [women, steps] = harness.quick ? [8, 3] : [16, 8];
    harness.note(
      "Inside the backend is the time in its kernels and its copies in and out; what else a step does (the tape, the optimizer's bookkeeping, waiting for its batch) is outside. " +
        `Batches are the recipes', of ${women} phantom women's views, width ${width}; a time is a step's, over ${steps} steps after one that is not timed.`,
    );
    harness.note(
      "PyTorch runs in the Python that MAMMO_TORCH_PYTHON names; it cuts its own batches, of the same sizes and at places drawn alike, from the same views, as raw 16-bit values.",
    );
    const folder = temporaryFolder();
    try {
      await writeRawViews(folder, await trainingViews(folder, women));
      const rows: (readonly (string | number)[])[] = [];
      const lesson = { folder, women, steps, missing: new Set<string>() };
      for (const test of graphCases) for (const row of await timeGraph(harness, test, lesson)) rows.push(row);
      harness.table({ title: "Share of the wall time", columns: ["graph", "batches", "in the backend", "in training steps"], rows });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Lesson {
  /** Contenders that could not run: once is told, and enough. */
  readonly missing: Set<string>;
  readonly folder: string;
  readonly women: number;
  readonly steps: number;
}

async function timeGraph(harness: Harness, test: GraphCase, lesson: Lesson): Promise<(readonly (string | number)[])[]> {
  const { graph, batch, kind } = test;
  const started = await startAll(harness, test, lesson);
  try {
    requireSameSize(started);
    if (test === graphCases[0]) harness.note(`Contenders: ${started.map(({ name, about }) => `${name} (${about["version"]})`).join("; ")}.`);
    const comparison = await harness.compare(`${graph}, a step of ${batch} ${kind}`, started, {
      rounds: harness.quick ? 1 : 3,
      warmups: 0,
      unit: "steps",
    });
    const shares = new Map<string, Readonly<Record<string, number>>>();
    for (const child of started) if (ourThreads.some((count) => ours(count) === child.name)) shares.set(child.name, await child.memory());
    harness.threshold(`train.${graph}.inside-backend`, shares.get(ours(1))?.["inBackend"] ?? Number.NaN, ">=", 0.9);
    const own = comparison.timings.find(({ name }) => name === ours(1));
    if (!own) throw new Error(`Expected ${ours(1)} to run; its note above says why it did not`);
    const other = fastestOf(comparison.timings.filter(({ name }) => workers.map(torch).includes(name)));
    harness.note(
      `${graph}: ${milliseconds(own.median)} ms a step (${own.name})${other ? ` beside ${milliseconds(other.median)} ms (${other.name})` : "; PyTorch's twin did not run"}.`,
    );
    return [...shares].map(([name, { inBackend, inStep }]) => [
      graph,
      name === ours(0) ? "between the steps" : name.replace("ours, ", "by "),
      inBackend!.toFixed(3),
      inStep!.toFixed(3),
    ]);
  } finally {
    for (const child of started) child.stop();
  }
}

/** Those of the contenders that can run here; each has its graph and its views ready. */
async function startAll(harness: Harness, test: GraphCase, { folder, women, steps, missing }: Lesson): Promise<readonly Child[]> {
  const asked = JSON.stringify(test);
  const node = (count: number): ChildOptions => ({
    name: ours(count),
    command: process.execPath,
    args: [...process.execArgv, program("ourTraining.ts"), ...[folder, women, steps, count].map(String), asked],
  });
  const pytorch = (count: number): ChildOptions => ({
    ...{ name: torch(count), command: python, environment: { OMP_NUM_THREADS: String(threads) } },
    args: [program("pytorchTrain.py"), ...[folder, width, steps, count, threads].map(String), asked],
  });
  const children: Child[] = [];
  for (const contender of [...ourThreads.map(node), ...workers.map(pytorch)]) {
    if (missing.has(contender.name)) continue;
    const child = await harness.child({ ...contender, work: 1, timeoutSeconds: 900 });
    if (child) children.push(child);
    else missing.add(contender.name);
  }
  return children;
}

const fastestOf = (timings: readonly Timing[]): Timing | undefined =>
  timings.length === 0 ? undefined : timings.reduce((best, one) => (one.median < best.median ? one : best));

/** Times mean nothing where the nets differ. */
function requireSameSize(children: readonly Child[]): void {
  const [first, ...others] = children.map(({ name, about }) => ({ name, parameters: about["parameters"] }));
  for (const { name, parameters } of others)
    if (parameters !== first!.parameters)
      throw new Error(`Expected the graph of ${name} to have ${first!.parameters} parameters like ours, got ${parameters}`);
}
