import { add, div, mul, sqrt, square, sub, type Tensor } from "@tensorflow/tfjs-core";
import { fusedKernel } from "../fusedKernel.ts";

/** Adam's memory of one parameter and its new gradient, of one shape. */
interface AdamInputs {
  readonly grad: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/** 1 − beta of both moments, and the bias corrections drawn into one factor and epsilon. */
interface AdamFactors {
  readonly gain1: number;
  readonly gain2: number;
  readonly correct: number;
  readonly epsilon: number;
}

/** One step of one parameter: m + (g − m) gain1, v + (g² − v) gain2, m / (√v · correct + epsilon). One pass on a backend with the kernel `MammoAdam`. */
export function adamStep({ grad, m, v }: AdamInputs, factors: AdamFactors): readonly [update: Tensor, m: Tensor, v: Tensor] {
  const fused = fusedKernel("MammoAdam", { grad, m, v });
  if (fused) return fused({ ...factors }) as [Tensor, Tensor, Tensor];
  const nextM = add(m, mul(sub(grad, m), factors.gain1));
  const nextV = add(v, mul(sub(square(grad), v), factors.gain2));
  return [div(nextM, add(mul(sqrt(nextV), factors.correct), factors.epsilon)), nextM, nextV];
}
