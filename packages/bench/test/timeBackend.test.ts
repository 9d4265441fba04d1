import { selectBackend } from "@mammo/backend";
import { engine, getBackend, matMul, ones, registerKernel, type Tensor, tensor1d, tidy } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { timeBackend } from "../src/training/timeBackend.ts";

/** Burns so many milliseconds. */
function busy(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

it("timeBackend adds up kernels, once where one calls another, and copies; what lies between them is not counted, and results stay", async () => {
  await selectBackend({ prefer: "cpu" });
  const backendName = getBackend();
  const run = (name: string) => void (engine().runKernel(name, {}) as Tensor).dispose();
  const kernel = (kernelName: string, work: () => void) =>
    registerKernel({
      kernelName,
      backendName,
      kernelFunc({ backend }) {
        work();
        return { dataId: (backend as never as Writer).write([1], [1], "float32"), shape: [1], dtype: "float32" };
      },
    });
  kernel("BenchInner", () => busy(30));
  kernel("BenchOuter", () => {
    busy(20);
    run("BenchInner");
  });
  const product = () => tidy(() => [...matMul(ones([3, 4]), ones([4, 2])).dataSync()]);
  const before = product();
  const milliseconds = timeBackend();
  expect(milliseconds()).toBe(0);

  const begun = performance.now();
  run("BenchOuter");
  const elapsed = performance.now() - begun;
  busy(40);
  const kernels = milliseconds();
  expect(kernels).toBeGreaterThanOrEqual(50);
  expect(kernels).toBeLessThanOrEqual(elapsed); // 30 more, were the inner kernel counted twice; 40 more, were all time

  const copied = tensor1d(new Float32Array(4e6));
  expect(milliseconds()).toBeGreaterThan(kernels);
  copied.dispose();
  expect(product()).toEqual(before);
});

interface Writer {
  write(values: readonly number[], shape: readonly number[], dtype: string): object;
}
