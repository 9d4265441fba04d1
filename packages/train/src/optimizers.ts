import { requireKnownKeys } from "@mammo/mammogram";
import type { Schedule } from "./schedules.ts";
import { addWeightDecay } from "./transforms/addWeightDecay.ts";
import { clipByGlobalNorm } from "./transforms/clipByGlobalNorm.ts";
import { momentum } from "./transforms/momentum.ts";
import { type AdamMoments, scaleByAdam } from "./transforms/scaleByAdam.ts";
import { scaleByLearningRate } from "./transforms/scaleByLearningRate.ts";
import { chain, type Transform } from "./transforms/transform.ts";

/** What `adam` and `sgd` share. */
export interface OptimizerOptions {
  readonly learningRate: number | Schedule;
  /** Rate of decay of the kernels; default none. */
  readonly weightDecay?: number;
  /** Largest joint norm of the gradients; default no limit. */
  readonly clipNorm?: number;
}

/**
 * clip? -> Adam -> decoupled weight decay? -> learning rate. Without decay it is Adam, with decay AdamW.
 *
 * @example
 * adam({ learningRate: warmupCosine({ peak: 1e-3, warmup: 100, total: 6000 }), clipNorm: 1 });
 */
export function adam(options: OptimizerOptions & AdamMoments): Transform {
  requireKnownKeys("adam", options, { learningRate: true, weightDecay: true, clipNorm: true, beta1: true, beta2: true, epsilon: true });
  const { learningRate, weightDecay, clipNorm, ...moments } = options;
  return chain(...given(clipNorm, clipByGlobalNorm), scaleByAdam(moments), ...given(weightDecay, addWeightDecay), scaleByLearningRate(learningRate));
}

/** clip? -> L2 penalty? -> momentum? -> learning rate, in the order of PyTorch's SGD. */
export function sgd(options: OptimizerOptions & { readonly momentum?: number }): Transform {
  requireKnownKeys("sgd", options, { learningRate: true, weightDecay: true, clipNorm: true, momentum: true });
  const { learningRate, weightDecay, clipNorm, momentum: decay } = options;
  return chain(
    ...given(clipNorm, clipByGlobalNorm),
    ...given(weightDecay, addWeightDecay),
    ...given(decay, momentum),
    scaleByLearningRate(learningRate),
  );
}

/** The link, where its number is given. */
function given(value: number | undefined, link: (value: number) => Transform): Transform[] {
  return value === undefined ? [] : [link(value)];
}
