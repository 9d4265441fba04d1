import { mul } from "@tensorflow/tfjs-core";
import { mapTensors } from "../mapTensors.ts";
import { type Schedule, valueAt } from "../schedules.ts";
import type { Transform } from "../transform.ts";

/** Multiplies by −rate: the last link of a chain. */
export function scaleByLearningRate(rate: number | Schedule): Transform {
  return {
    init: () => ({}),
    update: (grads, { slots, step }) => ({ updates: mapTensors(grads, (grad) => mul(grad, -valueAt(rate, step))), slots }),
  };
}
