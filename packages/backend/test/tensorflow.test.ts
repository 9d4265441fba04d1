import { fileURLToPath } from "node:url";
import { avgPool, fused, getBackend, getKernel, ones, setBackend, type Tensor4D, tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";
import { runProgram } from "./runProgram.ts";

const entry = new URL("../src/index.ts", import.meta.url).href;
const start = `import { selectBackend } from ${JSON.stringify(entry)}; await selectBackend({ prefer: "tensorflow" });`;

import { hasTfjsNode } from "@mammo/testing";

describe.skipIf(!hasTfjsNode())(`native TensorFlow (needs MAMMO_TEST_TFJS_NODE, a tfjs-node linked to TensorFlow)`, () => {
  it("leaves the repaired kernels of another backend in their place", async () => {
    await selectBackend({ prefer: "cpu" });
    const repaired = getKernel("AvgPoolGrad", "cpu").kernelFunc;
    const selected = await selectBackend({ prefer: "tensorflow", threads: 2 });
    expect(selected.device).toMatch(/^(CPU|GPU), TensorFlow 2\./);
    expect(getKernel("AvgPoolGrad", "cpu").kernelFunc).toBe(repaired);
    expect(getBackend()).toBe("tensorflow");
    // Both compute in one process, and the tensors of one can be read after the other was current.
    const x = tensor([1, 2, 3, 6], [1, 2, 2, 1]) as Tensor4D;
    const onTensorflow = avgPool(x, 2, 2, "valid");
    await setBackend("cpu");
    expect([...onTensorflow.dataSync(), ...avgPool(x, 2, 2, "valid").dataSync()]).toEqual([3, 3]);
    await setBackend("tensorflow");
  });

  it("adds a bias that is one value for all channels, too", async () => {
    await selectBackend({ prefer: "tensorflow", threads: 2 });
    const [x, filter] = [ones([1, 3, 3, 2]), ones([1, 1, 2, 4])] as [Tensor4D, Tensor4D];
    const y = fused.conv2d({ x, filter, strides: 1, pad: "same", bias: tensor([-3]), activation: "linear" });
    expect([...y.dataSync()]).toEqual(Array(36).fill(-1));
  });

  it("says the threads that TensorFlow has, not those that it was wished", () => {
    const program = start.replace("await", "const { threads, device } = await").replace("});", "}); console.log(device.slice(0, 3), threads);");
    expect(runProgram(program, { TF_NUM_INTRAOP_THREADS: "3" }).stdout).toMatch(/^(CPU 3|GPU 1)\n$/);
  });

  it("starts without output and lets the process end", () => {
    const { status, stdout, stderr } = runProgram(start);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

it("says where it looked for a tfjs-node that is not there, and what does not load", () => {
  const { stderr } = runProgram(start, { MAMMO_TFJS_NODE: "/nowhere/tfjs-node" });
  expect(stderr).toContain("tensorflow on a CPU: the folder of MAMMO_TFJS_NODE is not installed");
  expect(runProgram(start, { MAMMO_TFJS_NODE: fileURLToPath(import.meta.url) }).stderr).toContain("does not load");
});
