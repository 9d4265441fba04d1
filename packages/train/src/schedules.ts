import { requireKnownKeys } from "@mammo/mammogram";

/** Step 0, 1, 2, … of the stage -> learning rate or decay. A plain function: compose it as you like. */
export type Schedule = (step: number) => number;

/** The value at a step, of a number or of a schedule. */
export function valueAt(value: number | Schedule, step: number): number {
  return typeof value === "function" ? value(step) : value;
}

/** Linear from 0 to `peak` over `warmup` steps, then half a cosine down to 0 at `total`, and 0 after (Loshchilov & Hutter 2017, eq. 5, without restarts). */
export function warmupCosine(options: { readonly peak: number; readonly warmup: number; readonly total: number }): Schedule {
  requireKnownKeys("warmupCosine", options, { peak: true, warmup: true, total: true });
  const { peak, warmup, total } = options;
  if (!(warmup >= 0 && total > warmup)) throw new RangeError(`Expected 0 <= warmup < total, got warmup ${warmup} and total ${total}.`);
  return (step) => {
    if (step < warmup) return (peak * step) / warmup;
    const progress = Math.min(1, (step - warmup) / (total - warmup));
    return (peak / 2) * (1 + Math.cos(Math.PI * progress));
  };
}

/**
 * EMA decay that begins short and grows long: min(max, 1 − (1 + step / gamma)^−power), the warm-up of diffusers' EMAModel (re-implementation).
 * With gamma 1 and power 2/3 it reaches 0.999 at step 31.6 k and 0.9999 at 1 M.
 */
export function emaWarmup(options: { readonly max: number; readonly gamma?: number; readonly power?: number }): Schedule {
  requireKnownKeys("emaWarmup", options, { max: true, gamma: true, power: true });
  const { max, gamma = 1, power = 2 / 3 } = options;
  return (step) => Math.min(max, 1 - (1 + step / gamma) ** -power);
}
