import { requireKnownKeys } from "@mammo/mammogram";
import { type Tensor, zerosLike } from "@tensorflow/tfjs-core";
import { adamStep } from "./adamStep.ts";
import type { OptimizerState, Transform } from "./transform.ts";

/** How long Adam remembers (Kingma and Ba 2015, their symbols and defaults). */
export interface AdamMoments {
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Added outside the root. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam's direction without a learning rate (Kingma & Ba 2015, Alg. 1). State `adam/m:NAME`, `adam/v:NAME`, `adam/count:NAME`.
 *
 * Each parameter counts its own steps, so that moments restored from another graph keep their bias correction while new parameters begin with theirs.
 */
export function scaleByAdam(options: AdamMoments = {}): Transform {
  requireKnownKeys("scaleByAdam", options, { beta1: true, beta2: true, epsilon: true });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    description: `scaleByAdam(beta1 ${beta1}, beta2 ${beta2}, epsilon ${epsilon})`,
    init(params) {
      const state: Record<string, Tensor | number> = {};
      for (const [name, param] of Object.entries(params)) {
        state[`adam/m:${name}`] = zerosLike(param);
        state[`adam/v:${name}`] = zerosLike(param);
        state[`adam/count:${name}`] = 0;
      }
      return state;
    },
    update(grads, { state }) {
      const next: Record<string, Tensor | number> = { ...state };
      const updates: Record<string, Tensor> = {};
      for (const [name, grad] of Object.entries(grads)) {
        const [m0, v0, count0] = momentsOf(state, name);
        const count = count0 + 1;
        // m̂ / (√v̂ + ε) with the two corrections drawn into one factor and ε: less to multiply on full-size tensors.
        const correct1 = 1 - beta1 ** count;
        const correct2 = Math.sqrt(1 - beta2 ** count);
        const factors = { gain1: 1 - beta1, gain2: 1 - beta2, correct: correct1 / correct2, epsilon: epsilon * correct1 };
        const [update, m, v] = adamStep({ grad, m: m0, v: v0 }, factors);
        updates[name] = update;
        next[`adam/m:${name}`] = m;
        next[`adam/v:${name}`] = v;
        next[`adam/count:${name}`] = count;
      }
      return { updates, state: next };
    },
  };
}

function momentsOf(state: OptimizerState, name: string): [m: Tensor, v: Tensor, count: number] {
  const [m, v, count] = [state[`adam/m:${name}`], state[`adam/v:${name}`], state[`adam/count:${name}`]];
  if (typeof m !== "object" || typeof v !== "object" || typeof count !== "number") {
    throw new RangeError(`Expected state made by init for ${name}, got none: was the parameter there when the stage began?`);
  }
  return [m, v, count];
}
