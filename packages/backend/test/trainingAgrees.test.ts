import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hasTfjsNode } from "@mammo/testing";
import type { TrainedPyramid } from "@mammo/testing/gradients";
import { describe, expect, it } from "vitest";
import type { SelectBackendOptions } from "../src/index.ts";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";

type Trained = TrainedPyramid & { readonly threads: number; readonly tensorsLeft: number };

/** Eight steps in a process of their own, since a process keeps its first threads. */
async function train(options: SelectBackendOptions): Promise<Trained> {
  const program = `
    import { selectBackend } from "@mammo/backend";
    import { trainPyramid } from "@mammo/testing/gradients";
    import { memory } from "@tensorflow/tfjs-core";
    const { threads } = await selectBackend(${JSON.stringify(options)});
    const before = memory().numTensors;
    const trained = await trainPyramid();
    process.stdout.write(JSON.stringify({ ...trained, threads, tensorsLeft: memory().numTensors - before }));`;
  const arguments_ = ["--conditions=@mammo/source", "--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", program];
  const environment = { ...process.env, MAMMO_BACKEND: "" };
  const { stdout } = await promisify(execFile)(process.execPath, arguments_, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: environment,
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as Trained;
}

const cpu = await train({ prefer: "cpu" });

describe("eight steps of a small pyramid", () => {
  it("go down on cpu", () => {
    expect(cpu.losses).toHaveLength(8);
    expect(cpu.losses.at(-1)).toBeLessThan(cpu.losses[0]! * 0.99);
  });

  const rows: readonly { name: string; can: boolean; options: SelectBackendOptions }[] = [
    { name: "wasm, one thread", can: true, options: { prefer: "wasm", threads: 1 } },
    { name: "wasm, two threads", can: true, options: { prefer: "wasm", threads: 2 } },
    { name: `webgpu on lavapipe ${needsSoftwareGpu}`, can: hasSoftwareGpu, options: { prefer: "webgpu", allowSoftwareGpu: true } },
    { name: `tensorflow (needs MAMMO_TEST_TFJS_NODE, a tfjs-node linked to TensorFlow)`, can: hasTfjsNode(), options: { prefer: "tensorflow" } },
  ];
  for (const { name, can, options } of rows)
    it.skipIf(!can)(`agree to 1e-4 with cpu on ${name}`, async () => {
      const other = await train(options);
      cpu.losses.forEach((loss, step) => void expect(other.losses[step]).toBeCloseTo(loss, 5));
      expect(Math.max(...cpu.weights.map((weight, i) => Math.abs(weight - other.weights[i]!)))).toBeLessThan(1e-4);
      expect(other.tensorsLeft).toBe(0);
      if (name.startsWith("wasm")) expect(other.threads).toBe(name.includes("two") ? 2 : 1);
    });
});
