import { mul } from "@tensorflow/tfjs-core";
import { mapTensors } from "../mapTensors.ts";
import { type Schedule, valueAt } from "../schedules.ts";
import { stateless, type Transform } from "./transform.ts";

/** Multiplies by −rate: the last link of a chain. */
export function scaleByLearningRate(rate: number | Schedule): Transform {
  const description = `scaleByLearningRate(${typeof rate === "number" ? rate : "schedule"})`;
  return stateless((grads, { step }) => mapTensors(grads, (grad) => mul(grad, -valueAt(rate, step))), description);
}
