import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeArguments } from "../../tooling/setup.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Trains DreamNet on views of 1200x800 in a process of its own, which must end by itself within the time limit. */
function train({ threads, width, batch }: { threads: number; width: number; batch: number }): { heap: number; leaked: number; errors: string[] } {
  const program = `
    import { selectBackend } from "@mammo/backend";
    import { dreamNet } from "@mammo/models";
    import { adam, disposeOptimizer, initOptimizer, sigmoidCrossEntropy, trainStep } from "@mammo/train";
    import * as tf from "@tensorflow/tfjs-core";
    await selectBackend({ prefer: "wasm", threads: ${threads} });
    const start = tf.memory().numTensors;
    const errors = [];
    async function step(width, batch) {
      const model = dreamNet({ width });
      const transform = adam({ learningRate: 1e-3 });
      let state = initOptimizer(transform, model);
      const [x, y] = [tf.ones([batch, 1200, 800, 1]), tf.ones([batch, 1])];
      const loss = (model, _, mode) => sigmoidCrossEntropy(y, model.apply(x, mode));
      try {
        ({ state } = await trainStep(model, undefined, { loss, transform, state, step: 0 }));
      } catch (error) {
        errors.push(error.code + ": " + error.message);
      }
      disposeOptimizer(state);
      model.dispose();
      tf.dispose([x, y]);
    }
    await step(${width}, ${batch});
    if (errors.length > 0) await step(0.0625, 1);
    const heap = tf.backend().wasm.HEAPU8.byteLength / 2 ** 20;
    console.log(JSON.stringify({ heap, leaked: tf.memory().numTensors - start, errors }));`;
  const args = [...nodeArguments(), "--input-type=module", "--eval", program];
  const environment = { ...process.env, MAMMO_BACKEND: "" };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: here, encoding: "utf8", timeout: 50_000, env: environment });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("a process that trains DreamNet on wasm, and ends by itself", () => {
  it.each([1, 2])("%i threads, width 0.25, batch 2: stays well under 4 GiB and leaks no tensor", (threads) => {
    const { heap, leaked, errors } = train({ threads, width: 0.25, batch: 2 });
    expect({ leaked, errors }).toEqual({ leaked: 0, errors: [] });
    // 1.1 GiB when this was written.
    expect(heap).toBeLessThan(1536);
  });

  it("width 1, batch 16: says what was needed and what there is, leaks nothing, and trains a smaller net", () => {
    const { leaked, errors } = train({ threads: 2, width: 1, batch: 16 });
    expect(leaked).toBe(0);
    // One map of the first block is 16 x 1200 x 800 x 32 x 4 bytes.
    expect(errors).toEqual([
      expect.stringMatching(/^out-of-memory: Expected 1875 MiB of free WebAssembly heap, .* ends at 4080\. Use a smaller batch/),
    ]);
  });
});
