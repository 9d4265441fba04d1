/**
 * `not-finite`: a loss or gradient is NaN or infinite. `checkpoint-format`: bytes that are no checkpoint. `checkpoint-mismatch`: a checkpoint of another
 * model or stage.
 */
export type TrainErrorCode = "not-finite" | "checkpoint-format" | "checkpoint-mismatch";

/** An error in the input, not in the call. Tell it from others by `code`. */
export class TrainError extends Error {
  readonly code: TrainErrorCode;

  constructor(code: TrainErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TrainError";
    this.code = code;
  }
}
