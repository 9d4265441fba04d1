import { depthwiseConv2d, getBackend, getGradient, grad, ones, sum, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";
import { runProgram } from "./runProgram.ts";

// What is asked here shall not depend on the machine's own GPU: Vulkan finds no driver.
process.env["VK_ICD_FILENAMES"] = "/none";

describe("selectBackend", () => {
  it("starts wasm by name, with the threads asked for, and registers tfjs-core's gradients", async () => {
    const selected = await selectBackend({ prefer: "wasm", threads: 2 });
    expect(selected).toEqual({ backend: "wasm", device: "CPU, WebAssembly", threads: 2, simd: expect.stringMatching(/simd/), reasons: [] });
    expect(getBackend()).toBe("wasm");
    expect(getGradient("Conv2D")).toMatchObject({ kernelName: "Conv2D", gradFunc: expect.any(Function) });
  });

  it("gives the running backend when asked again, and can switch to cpu and back", async () => {
    expect(await selectBackend({ prefer: "cpu" })).toMatchObject({ backend: "cpu", threads: 1 });
    expect(getBackend()).toBe("cpu");
    expect(await selectBackend({ prefer: "wasm", threads: 1 })).toMatchObject({ backend: "wasm", threads: 2 });
    expect(getBackend()).toBe("wasm");
  });

  it("says why a backend asked for by name cannot run, and puts no other in its place", async () => {
    await expect(selectBackend({ prefer: "webgpu" })).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining("webgpu") });
  });

  it("gives calls their turn: what the first one starts is what the others get, and the last one's backend is current", async () => {
    const { status, stdout, stderr } = runProgram(`
      import { getBackend } from "@tensorflow/tfjs-core";
      import { selectBackend } from "@mammo/backend";
      const options = [{ prefer: "cpu" }, { prefer: "wasm", threads: 2 }, { prefer: "wasm", threads: 1 }];
      const selected = await Promise.all(options.map(selectBackend));
      console.log(...selected.map(({ backend, threads }) => backend + threads), getBackend());`);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "cpu1 wasm2 wasm2 wasm\n", stderr: "" });
  });

  it("says that a backend computes wrongly, and leaves the one before it in use", () => {
    const { status, stdout, stderr } = runProgram(`
      import * as tf from "@tensorflow/tfjs-core";
      import "@tensorflow/tfjs-backend-cpu";
      import { selectBackend } from "@mammo/backend";
      await selectBackend({ prefer: "wasm", threads: 1 });
      const kernel = tf.getKernel("Conv2DBackpropFilter", "cpu");
      tf.unregisterKernel(kernel.kernelName, "cpu");
      const kernelFunc = ({ attrs, backend }) => backend.makeTensorInfo(attrs.filterShape, "float32", new Float32Array(tf.util.sizeFromShape(attrs.filterShape)));
      tf.registerKernel({ ...kernel, kernelFunc });
      const error = await selectBackend({ prefer: "cpu" }).catch((error) => error);
      console.log(error.code, error.cause.code, tf.getBackend(), error.message);`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^self-test-failed self-test-failed wasm Expected the backend cpu to run here, but: cpu: .*conv2d 3x3 for input 1/);
  });

  it("says what to do where wasm has no gradient", async () => {
    await selectBackend({ prefer: "wasm" });
    const gradient = () =>
      tidy(() => grad((f) => sum(depthwiseConv2d(ones([1, 5, 5, 2]) as Tensor4D, f as Tensor4D, 1, "same")))(ones([3, 3, 2, 1])).dataSync());
    expect(gradient).toThrow(expect.objectContaining({ code: "unavailable", message: expect.stringContaining("use conv2d") }));
  });

  it.each([0, 1.5, -2, Number.NaN])("refuses %s threads", async (threads) => {
    await expect(selectBackend({ threads })).rejects.toThrow(RangeError);
  });
});

describe("a process with a backend", () => {
  const train = `
    import * as tf from "@tensorflow/tfjs-core";
    import { selectBackend } from "@mammo/backend";
    const selected = await selectBackend({ threads: 2 });
    const x = tf.ones([1, 32, 32, 8]), filter = tf.ones([3, 3, 8, 8]);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) tf.dispose(tf.grad((f) => tf.sum(tf.square(tf.conv2d(x, f, 1, "same"))))(filter));
    console.log(selected.backend, selected.threads, tf.memory().numTensors - before);`;

  it("ends by itself, prints nothing of its own and leaks no tensor", () => {
    expect(runProgram(train)).toMatchObject({ status: 0, stdout: "wasm 2 0\n", stderr: "" });
  });

  it("obeys MAMMO_BACKEND", () => {
    expect(runProgram(train, { MAMMO_BACKEND: "cpu" })).toMatchObject({ status: 0, stdout: "cpu 1 0\n", stderr: "" });
    expect(runProgram(train, { MAMMO_BACKEND: "abacus" }).stderr).toContain("Expected MAMMO_BACKEND to be one of");
  });
});
