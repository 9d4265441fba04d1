import { selectBackend } from "@mammo/backend";
import type { Harness } from "@mammo/bench";
import { checkGradient, gradientCases, trainPyramid } from "@mammo/testing/gradients";
import { largestDifference, largestRelativeDifference } from "./difference.ts";
import { trainDetector } from "./trainDetector.ts";

/** Single precision on the sizes of the table: errors are of the order of 1e-6. */
const limit = 1e-4;

/** Every operation of the gradient table on the current backend, against double precision. */
export async function checkGradients(harness: Harness, backend: string): Promise<void> {
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
  harness.threshold("gpu.gradients.rows", rows.length, ">=", 1);
  harness.threshold("gpu.gradients.wrong", wrong, "=", 0);
  harness.threshold("gpu.gradients.worst-error", worst, "<=", limit);
}

/** Values of the tensors that a training leaves. */
type Trained = readonly ArrayLike<number>[];

interface Training {
  readonly name: string;
  train(): Promise<Trained>;
  /** NaN where either side is not finite: no threshold is reached then. */
  difference(gpu: Trained, wasm: Trained): number;
  readonly limit: number;
}

/** The pyramid's filters move by tenths in eight large steps, so their plain difference is compared; for the DetectorNet it is the gradients. */
const trainings: readonly Training[] = [
  { name: "pyramid, 8 steps", train: async () => [(await trainPyramid()).weights], difference: largestDifference, limit: 1e-4 },
  // A rounding may put a ReLU on the other side of its kink or make another pixel of a pool the first: a hundredth of a tensor's gradient on lavapipe.
  // A wrong kernel moves it by tenths.
  { name: "DetectorNet w 0.125, 1 step", train: trainDetector, difference: largestRelativeDifference, limit: 5e-2 },
];

/** Training does the same on the GPU and on wasm. `onGpu` makes the GPU current again. */
export async function checkTraining(harness: Harness, onGpu: () => Promise<unknown>): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { name, train, difference, limit } of trainings) {
    await onGpu();
    const gpu = await train();
    await selectBackend({ prefer: "wasm" });
    const wasm = await train();
    const found = difference(gpu, wasm);
    rows.push([name, gpu.reduce((count, { length }) => count + length, 0), found.toExponential(1)]);
    harness.threshold(`gpu.training.${name.split(/[ ,]/)[0]}.apart`, found, "<=", limit);
  }
  await onGpu();
  const title = "Difference from wasm's: the pyramid's largest of a weight, DetectorNet's largest of a tensor's movement over its norm";
  harness.table({ title, columns: ["training", "weights", "difference"], rows });
}
