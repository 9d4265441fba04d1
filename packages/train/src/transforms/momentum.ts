import { zerosLike } from "@tensorflow/tfjs-core";
import { mapTensors } from "../mapTensors.ts";
import { weightedSum } from "../weightedSum.ts";
import type { Transform } from "./transform.ts";

/** Heavy-ball momentum: m ← decay · m + g, and m is the update (Polyak 1964, as PyTorch's SGD has it, without dampening; optax's `trace`). State `trace:NAME`. */
export function momentum(decay: number): Transform {
  return {
    description: `momentum(${decay})`,
    init: (params) => Object.fromEntries(Object.entries(params).map(([name, param]) => [`trace:${name}`, zerosLike(param)])),
    update(grads, { state }) {
      const updates = mapTensors(grads, (grad, name) => {
        const old = state[`trace:${name}`];
        if (typeof old !== "object")
          throw new RangeError(`Expected state made by init for ${name}, got none: was the parameter there when the stage began?`);
        return weightedSum(old, decay, grad, 1);
      });
      return { updates, state: { ...state, ...Object.fromEntries(Object.entries(updates).map(([name, m]) => [`trace:${name}`, m])) } };
    },
  };
}
