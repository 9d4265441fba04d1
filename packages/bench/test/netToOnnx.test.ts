import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { encodeOnnx } from "@mammo/weights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NetCase } from "../src/nets/netCase.ts";
import { casePixels } from "../src/nets/netCase.ts";
import { netToOnnx } from "../src/nets/netToOnnx.ts";
import { prepareNet } from "../src/nets/prepareNet.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An optional dependency: not on every platform. */
const installed = (() => {
  try {
    return createRequire(import.meta.url).resolve("onnxruntime-node") !== "";
  } catch {
    return false;
  }
})();

async function run(bytes: Uint8Array, pixels: Float32Array, shape: readonly number[]) {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const file = join(folder, "net.onnx");
  writeFileSync(file, bytes);
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const { logits } = await session.run({ pixels: new Tensor("float32", pixels, [...shape]) });
  await session.release();
  return logits!;
}

describe.skipIf(!installed)("our nets as ONNX files (needs onnxruntime-node)", () => {
  beforeAll(() => selectBackend({ prefer: "wasm", threads: 1 }));

  it.each<NetCase>([
    { net: "detector", width: 1 / 16, batch: 3, rows: 224, columns: 192, task: "forward" },
    { net: "dream", width: 1 / 16, batch: 2, rows: 704, columns: 448, task: "forward" },
  ])("$net: onnxruntime gives our logits to 1e-4", async (test) => {
    const ours = await prepareNet(test);
    const theirs = await run(netToOnnx(test), casePixels(test)[0]!, [test.batch, 1, test.rows, test.columns]);
    const largest = Math.max(...ours.logits.map(Math.abs));
    expect(theirs.data).toHaveLength(ours.logits.length);
    ours.logits.forEach((logit, i) => void expect(Math.abs(logit - (theirs.data[i] as number))).toBeLessThan(1e-4 * Math.max(1, largest)));
    // Logits that all are alike would agree with anything.
    expect(largest).toBeGreaterThan(1e-2);
    ours.dispose();
  });

  it("the writer keeps float32 to the bit, integers beyond one byte, and attributes", async () => {
    const values = Float32Array.from([0.1, -1e-30, 3e38, 1 / 3]);
    const bytes = encodeOnnx({
      nodes: [
        { op: "LeakyRelu", inputs: ["pixels"], outputs: ["leaky"], attributes: { alpha: { float: 0 } } },
        { op: "Mul", inputs: ["leaky", "zero"], outputs: ["nothing"] },
        { op: "Add", inputs: ["nothing", "constant"], outputs: ["flat"] },
        { op: "Reshape", inputs: ["flat", "shape"], outputs: ["repeated"] },
        { op: "Transpose", inputs: ["repeated"], outputs: ["logits"], attributes: { perm: [1, 0] } },
      ],
      constants: {
        zero: { shape: [1, 1], data: new Float32Array(1) },
        constant: { shape: [4, 1], data: values },
        shape: { shape: [2], data: BigInt64Array.of(200n, 4n) },
      },
      inputs: [{ name: "pixels", shape: [1, 200] }],
      outputs: [{ name: "logits", shape: [4, 200] }],
    });
    const { dims, data } = await run(bytes, new Float32Array(200), [1, 200]);
    expect(dims).toEqual([4, 200]);
    // [4, 1] + [1, 200], read row by row into 200 x 4: its cell (r, c) is number 4 r + c, of constant row ⌊(4 r + c) / 200⌋.
    expect([...(data as Float32Array)]).toEqual(
      Array.from({ length: 800 }, (_, i) => values[Math.floor((4 * (i % 200) + Math.floor(i / 200)) / 200)]),
    );
  });
});
