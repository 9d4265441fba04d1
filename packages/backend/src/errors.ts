/** Errors of the machine, not of the call. */
export type BackendErrorCode =
  /** No backend could be started; the message says why each was passed over. */
  | "no-backend"
  /** The backend that was asked for by name cannot run here, or has no kernel for what it was given. */
  | "unavailable"
  /** The backend runs but computes wrong gradients; it is not returned. */
  | "self-test-failed"
  /** The WebAssembly heap (at most 4 GiB) or the GPU's memory is full. */
  | "out-of-memory"
  /** The GPU refused the work (a tensor beyond its limits, a fault of its driver) or was lost: what it computed since is void. */
  | "gpu-failed";

/** The one error class of this package; tell cases apart by `code`, not by `instanceof`. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly code: BackendErrorCode;

  constructor(code: BackendErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
