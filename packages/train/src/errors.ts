/** `not-finite`: a loss or gradient is NaN or infinite. `checkpoint-format`: bytes that are no checkpoint. `checkpoint-mismatch`: a checkpoint of another model or plan. */
export type TrainErrorCode = "not-finite" | "checkpoint-format" | "checkpoint-mismatch";

/** What the world, not the caller, did wrong. Tell them apart by `code`. */
export class TrainError extends Error {
  readonly code: TrainErrorCode;

  constructor(code: TrainErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TrainError";
    this.code = code;
  }
}
