// Starting a backend
export { type SelectBackendOptions, type SelectedBackend, selectBackend } from "./selectBackend.ts";
export type { BackendName } from "./candidates.ts";

// What goes wrong
export { BackendError, type BackendErrorCode } from "./errors.ts";
