import { zerosLike } from "@tensorflow/tfjs-core";
import { mapTensors } from "../mapTensors.ts";
import type { Transform } from "../transform.ts";
import { weightedSum } from "../weightedSum.ts";

/** Heavy-ball momentum: m ← decay · m + g, and m is the update (Polyak 1964, as PyTorch's SGD has it, without dampening). Slots `trace:NAME`. */
export function trace(decay: number): Transform {
  return {
    init: (params) => Object.fromEntries(Object.entries(params).map(([name, param]) => [`trace:${name}`, zerosLike(param)])),
    update(grads, { slots }) {
      const updates = mapTensors(grads, (grad, name) => {
        const old = slots[`trace:${name}`];
        if (typeof old !== "object")
          throw new RangeError(`Expected a slot made by init for ${name}, got none: was the parameter there when the stage began?`);
        return weightedSum(old, decay, grad, 1);
      });
      return { updates, slots: { ...slots, ...Object.fromEntries(Object.entries(updates).map(([name, m]) => [`trace:${name}`, m])) } };
    },
  };
}
