export { BackendError, type BackendErrorCode } from "./errors.ts";
export { type BackendName, type SelectBackendOptions, type SelectedBackend, selectBackend } from "./selectBackend.ts";
