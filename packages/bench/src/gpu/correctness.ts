import { selectBackend } from "@mammo/backend";
import { checkGradient, gradientCases, trainPyramid } from "@mammo/backend/gradients";
import type { Harness } from "../harness.ts";
import { largestDifference, largestRelativeDifference } from "./difference.ts";
import { trainDetector } from "./trainDetector.ts";

/** Single precision on the sizes of the table: errors are of the order of 1e-6. */
const limit = 1e-4;

/** Every operation of the gradient table on the current backend, against double precision. */
export async function judgeGradients(harness: Harness, backend: string): Promise<void> {
  const rows: (string | number)[][] = [];
  let [wrong, worst] = [0, 0];
  for (const test of gradientCases) {
    if (test.without?.(backend)) continue;
    const { op, form, valueError, gradientError, problem } = await checkGradient(test);
    const right = valueError <= limit && gradientError <= limit;
    if (!right) wrong++;
    worst = Math.max(worst, valueError || 0, gradientError || 0);
    rows.push([op, form, valueError.toExponential(1), gradientError.toExponential(1), right ? "ok" : `WRONG ${problem ?? ""}`]);
  }
  harness.table({ title: "Values and gradients against double precision", columns: ["operation", "form", "value", "gradient", ""], rows });
  harness.bar("gpu.gradients.rows", rows.length, ">=", 1);
  harness.bar("gpu.gradients.wrong", wrong, "=", 0);
  harness.bar("gpu.gradients.worst-error", worst, "<=", limit);
}

/** Values of the tensors that a training leaves. */
type Trained = readonly ArrayLike<number>[];

interface Work {
  readonly name: string;
  train(): Promise<Trained>;
  /** NaN where either side is not finite: no bar is reached then. */
  apart(gpu: Trained, wasm: Trained): number;
  readonly limit: number;
}

/** The pyramid's filters move by tenths in eight large steps, so their plain difference tells; the DetectorNet is judged by its gradients. */
const works: readonly Work[] = [
  { name: "pyramid, 8 steps", train: async () => [(await trainPyramid()).weights], apart: largestDifference, limit: 1e-4 },
  // A rounding may put a ReLU on the other side of its kink or make another pixel of a pool the first: a hundredth of a tensor's gradient on lavapipe.
  // A wrong kernel moves it by tenths.
  { name: "DetectorNet w 0.125, 1 step", train: trainDetector, apart: largestRelativeDifference, limit: 5e-2 },
];

/** Training does the same on the GPU and on wasm. `onGpu` makes the GPU current again. */
export async function judgeTraining(harness: Harness, onGpu: () => Promise<unknown>): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { name, train, apart, limit } of works) {
    await onGpu();
    const gpu = await train();
    await selectBackend({ prefer: "wasm" });
    const wasm = await train();
    const difference = apart(gpu, wasm);
    rows.push([name, gpu.reduce((count, { length }) => count + length, 0), difference.toExponential(1)]);
    harness.bar(`gpu.training.${name.split(/[ ,]/)[0]}.apart`, difference, "<=", limit);
  }
  await onGpu();
  const title = "Difference from wasm's: the pyramid's largest of a weight, DetectorNet's largest of a tensor's movement over its norm";
  harness.table({ title, columns: ["training", "weights", "difference"], rows });
}
