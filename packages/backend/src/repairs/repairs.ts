import { avgPoolGrad } from "./avgPoolGrad.ts";
import type { HostKernel } from "./hostKernel.ts";
import { resizeGrads } from "./resizeGrads.ts";

/** Kernels that are wrong in more than one stock backend (docs/tfjs-defects.md), as plain loops. */
export const repairs: readonly HostKernel[] = [avgPoolGrad, ...resizeGrads];
