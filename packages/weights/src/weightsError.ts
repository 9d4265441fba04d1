import type { WeightsComparison } from "./compareWeights.ts";

/**
 * `malformed`: bytes that are no whole file of weights. `mismatch`: weights that do not fit the model, or whose numbers and shape disagree. `not-finite`: NaN or
 * infinite weights, as of a training that diverged.
 */
export type WeightsErrorCode = "malformed" | "mismatch" | "not-finite";

/** Weights that cannot be taken as they are. Tell it from other errors by `name` and `code`. */
export class WeightsError extends Error {
  readonly code: WeightsErrorCode;
  /** Of `mismatch`: what fits, and what does not. */
  readonly comparison?: WeightsComparison | undefined;

  constructor(code: WeightsErrorCode, message: string, { comparison, ...options }: ErrorOptions & { readonly comparison?: WeightsComparison } = {}) {
    super(message, options);
    this.name = "WeightsError";
    this.code = code;
    this.comparison = comparison;
  }
}
