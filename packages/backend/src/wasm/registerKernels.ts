import { getKernel, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { batchNormKernels } from "./batchNormKernels.ts";
import { convKernels } from "./convKernels.ts";
import type { KernelPool } from "./kernelPool.ts";
import { maxPoolKernels } from "./maxPoolKernels.ts";
import { identity, oneHot, unsortedSegmentSum } from "./smallKernels.ts";

/** Puts our kernels in the place of tfjs's, for plain tf.conv2d and friends. */
export function registerKernels(pool: KernelPool): void {
  for (const kernel of [
    ...convKernels(pool),
    ...maxPoolKernels(pool),
    ...batchNormKernels(pool),
    unsortedSegmentSum(pool),
    oneHot(pool),
    identity(),
  ]) {
    // Registering over a kernel prints a warning; removing it first does not.
    if (getKernel(kernel.kernelName, kernel.backendName)) unregisterKernel(kernel.kernelName, kernel.backendName);
    registerKernel(kernel);
  }
}
