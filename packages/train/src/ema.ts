import { requireKnownKeys } from "@mammo/mammogram";
import { keep, type NamedTensorMap, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Schedule, valueAt } from "./schedules.ts";
import { type Trainable, weightsOf } from "./trainable.ts";
import { weightedSum } from "./weightedSum.ts";

/** How slowly the average follows, how often, and what of it is averaged. */
export interface EmaOptions {
  /** Share of the old average that is kept: the authors' 0.9, or a schedule. 0.9 at every step is a half-life of 6.6 steps. */
  readonly decay: number | Schedule;
  /** Steps between two updates. Default 1. */
  readonly every?: number;
  /** Running statistics: averaged like the weights (default) or copied from the model at each update. Counts (buffers that are not float32) are always copied. */
  readonly buffers?: "average" | "copy";
}

/** A running average of all weights of a model, held beside it. */
export interface Ema {
  /** Belong to the average: they change with the next update, and only `dispose` frees them. */
  readonly weights: NamedTensorMap;
  /** After step 1, 2, 3, …: average ← decay · average + (1 − decay) · weights, where `step` is a multiple of `every`. */
  update(model: Trainable, step: number): void;
  dispose(): void;
}

/**
 * An exponential moving average of a model's weights, which begins as a copy of them, or as `initial` (copied) where a run goes on.
 *
 * Decay 0.9 is documented (DREAM challenge 2017), its interval is not: hence `every`. A schedule is asked with the count of updates done, 0 first.
 *
 * @throws RangeError for an interval that is no whole number, a decay outside [0, 1] (at the update where a schedule gives it), or an `initial` of other names.
 * @example
 * const average = ema(model, { decay: 0.9, every: 50 });
 */
export function ema(model: Trainable, options: EmaOptions, initial: NamedTensorMap = weightsOf(model)): Ema {
  requireKnownKeys("ema", options, { decay: true, every: true, buffers: true });
  const { decay, every = 1, buffers = "average" } = options;
  if (!(Number.isInteger(every) && every >= 1)) throw new RangeError(`Expected every to be a whole number of at least 1, got ${every}.`);
  if (typeof decay === "number") requireDecay(decay);
  const absent = Object.keys(weightsOf(model)).find((name) => !Object.hasOwn(initial, name));
  if (absent !== undefined) throw new RangeError(`Expected an initial average of every weight, got none of ${absent}.`);
  const weights: Record<string, Tensor> = {};
  for (const [name, weight] of Object.entries(initial)) weights[name] = keep(weight.clone());
  return {
    weights,
    update(model, step) {
      if (step % every !== 0) return;
      const share = requireDecay(valueAt(decay, step / every - 1));
      for (const [name, weight] of Object.entries(weightsOf(model))) {
        const old = weights[name]!;
        // A mean of counts would be no count.
        const copied = weight.dtype !== "float32" || (buffers === "copy" && Object.hasOwn(model.buffers, name));
        weights[name] = keep(tidy(() => (copied ? weight.clone() : weightedSum(old, share, weight, 1 - share))));
        old.dispose();
      }
    },
    dispose() {
      for (const weight of Object.values(weights)) weight.dispose();
    },
  };
}

function requireDecay(decay: number): number {
  if (!(decay >= 0 && decay <= 1)) throw new RangeError(`Expected a decay in [0, 1], got ${decay}.`);
  return decay;
}

/**
 * Runs `work` with the given weights in the model, then puts the old ones back, also after a throw. Weights that are not named stay.
 *
 * @example
 * const auc = await withWeights(model, report.ema.weights, () => validate(model));
 */
export async function withWeights<T>(model: Trainable, weights: NamedTensorMap, work: () => T | Promise<T>): Promise<T> {
  const swapped = Object.entries(weightsOf(model)).filter(([name]) => Object.hasOwn(weights, name));
  const before = swapped.map(([, variable]) => keep(variable.clone()));
  try {
    for (const [name, variable] of swapped) variable.assign(weights[name]!);
    return await work();
  } finally {
    for (const [index, [, variable]] of swapped.entries()) {
      variable.assign(before[index]!);
      before[index]!.dispose();
    }
  }
}
