/** `not-exportable`: a graph with an operation that the file format is not written for. `box-outside`: a box beyond its view. `no-nipple`: a view without the landmark. */
export type ModelErrorCode = "not-exportable" | "box-outside" | "no-nipple";

/** An input or a graph that cannot be taken as it is. Tell it from other errors by `name` and `code`. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "ModelError";
    this.code = code;
  }
}
