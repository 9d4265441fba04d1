/** Errors of the machine, not of the call. */
export type NativeTensorflowErrorCode =
  /** No tfjs-node, no such wheel, or pip cannot fetch one. */
  | "unavailable"
  /** A wheel, or a library inside it, is not the one that it should be. */
  | "wrong-hash"
  /** TensorFlow could not be linked: no compiler, no headers, or the self-test failed with it. */
  | "link-failed";

/** The one error class of this package; tell cases apart by `code`, not by `instanceof`. */
export class NativeTensorflowError extends Error {
  override readonly name = "NativeTensorflowError";
  readonly code: NativeTensorflowErrorCode;

  constructor(code: NativeTensorflowErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
