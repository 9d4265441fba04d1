import { add, div, minimum, mul, type NamedTensorMap, type Scalar, scalar, sqrt, square, stack, sum } from "@tensorflow/tfjs-core";
import { mapTensors } from "../mapTensors.ts";
import { stateless, type Transform } from "./transform.ts";

/** Scales all updates so that their joint L2 norm is at most `max` (Pascanu et al. 2013, Alg. 1); shorter ones stay as they are. */
export function clipByGlobalNorm(max: number): Transform {
  return stateless((grads) => {
    // Nothing to clip is no reason to divide by zero.
    const factor = minimum(1, div(max, add(globalNorm(grads), 1e-12)));
    return mapTensors(grads, (grad) => mul(grad, factor));
  }, `clipByGlobalNorm(${max})`);
}

/** Joint L2 norm of all tensors; 0 of none. */
export function globalNorm(tensors: NamedTensorMap): Scalar {
  const squares = Object.values(tensors).map((tensor) => sum<Scalar>(square(tensor)));
  // Not addN, which on WebGPU binds all of them at once: more than many GPUs allow.
  return squares.length === 0 ? scalar(0) : sqrt(sum<Scalar>(stack(squares)));
}
