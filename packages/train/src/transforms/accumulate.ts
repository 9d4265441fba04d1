import { add, div, type NamedTensorMap, type Tensor, zerosLike } from "@tensorflow/tfjs-core";
import { mapTensors } from "../mapTensors.ts";
import { describe, mergeStates, type OptimizerState, type Transform } from "./transform.ts";

const slot = "accumulate/mean:";

/**
 * The mean gradient of `every` steps moves the parameters at the last of them: large batches in the memory of small ones. Schedules inside count such moves, not steps. Batch norm still sees the small batches.
 *
 * State `accumulate/mean:NAME`. After optax's `MultiSteps` (re-implementation).
 *
 * @throws RangeError for `every` that is no whole number >= 1.
 * @example const transform = accumulate(4, adam({ learningRate: 1e-3 })); // batches of 4 views, moves of 16
 */
export function accumulate(every: number, transform: Transform): Transform {
  if (!(Number.isInteger(every) && every >= 1)) throw new RangeError(`Expected to accumulate a whole number >= 1 of steps, got ${every}.`);
  return {
    description: `accumulate(${every}: ${describe(transform)})`,
    init: (params) => mergeStates([transform.init(params), named(mapTensors(params, (param) => zerosLike(param)))]),
    update(grads, { state, params, step }) {
      const means = mapTensors(grads, (grad, name) => add(state[slot + name] as Tensor, div(grad, every)));
      if ((step + 1) % every !== 0) return { updates: {}, state: { ...state, ...named(means) } };
      const { updates, state: next } = transform.update(means, { state, params, step: Math.floor(step / every) });
      return { updates, state: { ...next, ...named(mapTensors(means, (mean) => zerosLike(mean))) } };
    },
    frozen: (name) => transform.frozen?.(name) ?? false,
  };
}

const named = (tensors: NamedTensorMap): OptimizerState => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [slot + name, tensor]));
