import { add, mul, type Tensor } from "@tensorflow/tfjs-core";
import { fusedKernel } from "./fusedKernel.ts";

/** a · alpha + b · beta, elementwise. One pass on a backend with the kernel `MammoWeightedSum`; a factor of 1 costs nothing elsewhere. */
export function weightedSum(a: Tensor, alpha: number, b: Tensor, beta: number): Tensor {
  const fused = fusedKernel("MammoWeightedSum", { a, b });
  if (fused) return fused({ alpha, beta })[0]!;
  return add(alpha === 1 ? a : mul(a, alpha), beta === 1 ? b : mul(b, beta));
}
