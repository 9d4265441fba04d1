import { checkGradient, type GradientCase, gradientCases } from "@mammo/testing/gradients";
import { getKernel, getKernelsForBackend, type KernelConfig, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { type BackendName, selectBackend } from "../src/index.ts";

interface Kernels {
  /** What stock TensorFlow.js has wrong or not at all, and the rows of the gradient table that show it. */
  readonly repairs: Readonly<Record<string, string>>;
  /** What is there for speed or to refuse clearly: no row fails without it. */
  readonly others: readonly string[];
}

/**
 * Takes each repair out in turn, so that the stock kernel (or none) is in its place, and expects a row of the gradient table to fail.
 *
 * `importStock` registers the backend's stock kernels before ours come. A kernel that we replace and that stands in neither list fails too.
 */
export function testRepairs(prefer: BackendName, { repairs, others }: Kernels, importStock: () => Promise<unknown>, allowSoftwareGpu = false): void {
  let stock: ReadonlyMap<string, KernelConfig>;
  let ours: ReadonlyMap<string, KernelConfig>;
  const kernels = () => new Map(getKernelsForBackend(prefer).map((kernel) => [kernel.kernelName, kernel]));
  const put = (name: string, kernel: KernelConfig | undefined) => {
    if (getKernel(name, prefer)) unregisterKernel(name, prefer);
    if (kernel) registerKernel(kernel);
  };

  beforeAll(async () => {
    await importStock();
    stock = kernels();
    await selectBackend({ prefer, threads: 2, allowSoftwareGpu });
    ours = kernels();
  });

  it("each kernel that is replaced is named here", () => {
    const replaced = [...ours].filter(([name, { kernelFunc }]) => stock.get(name)?.kernelFunc !== kernelFunc).map(([name]) => name);
    expect(replaced.sort()).toEqual([...Object.keys(repairs), ...others].sort());
  });

  it.each(Object.entries(repairs))("without our %s a row of %s is wrong", async (name, op) => {
    const rows = gradientCases.filter((row) => row.op.startsWith(op) && !row.without?.(prefer));
    put(name, stock.get(name));
    try {
      expect(await someRowIsWrong(rows)).toBe(true);
    } finally {
      put(name, ours.get(name));
    }
  });
}

/** By the limits of the gradient suites, which hold the same rows to be right with the repairs in place. */
async function someRowIsWrong(rows: readonly GradientCase[]): Promise<boolean> {
  for (const row of rows) {
    const { valueError, gradientError } = await checkGradient(row);
    if (!(valueError < 1e-5 && gradientError < 1e-5)) return true;
  }
  return false;
}
