/**
 * `not-finite`: a loss or gradient is NaN or infinite. `checkpoint-format`: bytes that are no checkpoint. `checkpoint-mismatch`: a checkpoint of another
 * model or stage.
 */
export type TrainErrorCode = "not-finite" | "checkpoint-format" | "checkpoint-mismatch";

/** An error in the input, not in the call. Tell it from others by `code`. */
export class TrainError extends Error {
  readonly code: TrainErrorCode;
  /** What the batch of a step that is not finite was made of, where the stage tells (`Stage.batchIds`); never in the message, since ids may be names. */
  readonly batch?: readonly string[];

  constructor(code: TrainErrorCode, message: string, { batch, ...options }: ErrorOptions & { readonly batch?: readonly string[] } = {}) {
    super(message, options);
    this.name = "TrainError";
    this.code = code;
    if (batch) this.batch = batch;
  }
}
