import { mapTensors } from "../mapTensors.ts";
import { weightedSum } from "../weightedSum.ts";
import { stateless, type Transform } from "./transform.ts";

/**
 * Adds rate · parameter to each update; `applies` picks the parameters that decay, by default those named `…/kernel`, since to pull on norms and biases
 * only costs accuracy (He et al. 2019, 3.1). After scaleByAdam it is AdamW's decoupled decay (Loshchilov & Hutter 2019, Alg. 2); before, an L2 penalty.
 */
export function addWeightDecay(rate: number, applies: (name: string) => boolean = (name) => name.endsWith("/kernel")): Transform {
  return stateless(
    (grads, { params }) => mapTensors(grads, (grad, name) => (applies(name) ? weightedSum(grad, 1, params[name]!, rate) : grad)),
    `addWeightDecay(${rate})`,
  );
}
