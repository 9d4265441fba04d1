import type { Reference } from "@mammo/testing/reference";
import * as reference from "@mammo/testing/reference";
import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";
import { directionStep, inputStep, selfTest, selfTestCases, wave, weightStep } from "../src/selfTest.ts";

const references: Record<string, (inputs: readonly Reference[]) => Reference> = {
  "conv2d 3x3": ([x, f]) => reference.conv2d(x!, f!, { stride: [1, 1], pad: "same" }),
  "conv2d 3x3, stride 2": ([x, f]) => reference.conv2d(x!, f!, { stride: [2, 2], pad: "same" }),
  "maxPool 2x2": ([x]) => reference.maxPool(x!, { size: [2, 2], stride: [2, 2], pad: "valid" }),
  "upsampling 2x": ([x]) => reference.resizeNearest(x!, [6, 8]),
  "batch norm": ([x, scale, offset]) => reference.batchNorm(x!, scale!, offset!, { epsilon: 1e-3, relu: true }),
};
const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

describe("the self-test", () => {
  beforeAll(async () => {
    await selectBackend({ prefer: "wasm", threads: 2 });
  });

  it.each(selfTestCases)("holds the numbers that double precision gives for $name", ({ name, inputs, expected }) => {
    const compute = references[name]!;
    const start = inputs.map((shape): Reference => ({ shape, values: wave(size(shape), inputStep) }));
    const loss = (moved: readonly Reference[]) => {
      const { values } = compute(moved);
      const weights = wave(values.length, weightStep);
      return values.reduce((total, value, index) => total + value * weights[index]!, 0);
    };
    const derivatives = start.map((input, index) => {
      const direction = wave(input.values.length, directionStep);
      const at = (t: number) => loss(start.with(index, { shape: input.shape, values: input.values.map((value, i) => value + t * direction[i]!) }));
      return (at(1e-6) - at(-1e-6)) / 2e-6;
    });
    expect(expected).toHaveLength(inputs.length);
    derivatives.forEach((derivative, index) => void expect(expected[index]).toBeCloseTo(derivative, 5));
  });

  it.each(["Conv2DBackpropInput", "Conv2DBackpropFilter", "MaxPoolGrad", "MammoBatchNormTrainGrad", "ResizeNearestNeighborGrad"])(
    "refuses a backend whose %s is wrong",
    async (kernelName) => {
      const kernel = getKernel(kernelName, "wasm");
      const wrong = ((args: Parameters<KernelFunc>[0]) => {
        const result = kernel.kernelFunc(args);
        const { backend } = args as unknown as { backend: { typedArrayFromHeap(tensor: unknown): Float32Array } };
        backend.typedArrayFromHeap(Array.isArray(result) ? result[0] : result)[1]! += 0.5;
        return result;
      }) as KernelFunc;
      unregisterKernel(kernelName, "wasm");
      registerKernel({ ...kernel, kernelFunc: wrong });
      try {
        await expect(selfTest()).rejects.toMatchObject({ code: "self-test-failed", message: expect.stringContaining("Expected the gradient of") });
      } finally {
        unregisterKernel(kernelName, "wasm");
        registerKernel(kernel);
      }
      await selfTest();
    },
  );
});
