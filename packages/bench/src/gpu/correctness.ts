import { selectBackend } from "@mammo/backend";
import { checkGradient, gradientCases, trainPyramid } from "@mammo/backend/gradients";
import type { Harness } from "../harness.ts";
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

/** Training ends at the same weights on the GPU and on wasm. `onGpu` makes the GPU current again. */
export async function judgeTraining(harness: Harness, onGpu: () => Promise<unknown>): Promise<void> {
  const works = { "pyramid, 8 steps": async () => (await trainPyramid()).weights, "DetectorNet w 0.125, 2 steps": trainDetector };
  const rows: (string | number)[][] = [];
  for (const [name, train] of Object.entries(works)) {
    await onGpu();
    const gpu = await train();
    await selectBackend({ prefer: "wasm" });
    const wasm = await train();
    const apart = gpu.length === wasm.length ? gpu.reduce((most, weight, i) => Math.max(most, Math.abs(weight - wasm[i]!) || 0), 0) : Number.NaN;
    const whole = gpu.every(Number.isFinite);
    rows.push([name, gpu.length, apart.toExponential(1)]);
    harness.bar(`gpu.training.${name.split(/[ ,]/)[0]}.apart`, whole ? apart : Number.NaN, "<=", 1e-4);
  }
  await onGpu();
  harness.table({ title: "Largest difference of a weight from wasm's", columns: ["training", "weights", "difference"], rows });
}
