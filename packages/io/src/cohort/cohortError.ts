/** What can be wrong with a cohort's tables and files. */
export type CohortErrorCode =
  | "missing-file"
  | "unreadable-file"
  | "changed-file"
  | "missing-column"
  | "duplicate-row"
  | "invalid-value"
  | "no-usable-view"
  | "empty-cohort"
  | "one-class";

/** Errors in a cohort. Messages name the file and row and what was expected; never a patient, since any identifier may be patient data. */
export class CohortError extends Error {
  override readonly name = "CohortError";
  readonly code: CohortErrorCode;

  constructor(code: CohortErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
