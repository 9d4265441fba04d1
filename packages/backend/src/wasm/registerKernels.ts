import { avgPool } from "../repairs/avgPool.ts";
import { forBackend, type HostValues, replaceKernel } from "../repairs/hostKernel.ts";
import { repairs } from "../repairs/repairs.ts";
import { requireWindows } from "../repairs/requireWindows.ts";
import { batchNormKernels } from "./batchNormKernels.ts";
import { convKernels } from "./convKernels.ts";
import { depthwiseKernels } from "./depthwiseKernels.ts";
import type { KernelPool } from "./kernelPool.ts";
import { maxPoolKernels } from "./maxPoolKernels.ts";
import { missingKernels } from "./missingKernels.ts";
import { identity, oneHot, unsortedSegmentSum } from "./smallKernels.ts";
import { updateKernels } from "./updateKernels.ts";

/** Puts our kernels in the place of tfjs's, for plain tf.conv2d and friends. */
export function registerKernels(pool: KernelPool): void {
  const { heap } = pool;
  const host: HostValues = {
    backend: "wasm",
    floats: heap.floats,
    make(shape, fill) {
      const output = heap.output(shape);
      fill(heap.floats(output).fill(0));
      return output;
    },
  };
  const graphs = [...convKernels(pool), ...maxPoolKernels(pool), ...batchNormKernels(pool)];
  const ours = [...graphs, ...updateKernels(pool), unsortedSegmentSum(pool), oneHot(pool), identity(), ...depthwiseKernels(), ...missingKernels()];
  for (const kernel of [...ours, ...[avgPool, ...repairs].map((repair) => forBackend(host, repair))]) {
    replaceKernel({ ...kernel, kernelFunc: (args) => heap.allOrNothing(() => kernel.kernelFunc(args)) });
  }
  requireWindows("wasm");
}
