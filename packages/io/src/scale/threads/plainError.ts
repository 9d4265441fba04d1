import { CohortError, type CohortErrorCode } from "../../cohort/cohortError.ts";
import { DicomError, type DicomErrorCode } from "../../dicom/dicomError.ts";

/** An error as data: what threads send each other keeps no class and no code. */
export interface PlainError {
  readonly name: "DicomError" | "CohortError";
  readonly code: string;
  readonly message: string;
  readonly offset?: number | undefined;
}

/** What is neither of our errors becomes `corrupt-pixels`: its text may hold values of the file. */
export function toPlain(error: unknown): PlainError {
  if (error instanceof CohortError) return { name: "CohortError", code: error.code, message: error.message };
  const { code, offset, message } = error instanceof DicomError ? error : new DicomError("corrupt-pixels", "Expected a file that can be read");
  return { name: "DicomError", code, offset, message };
}

/** Data -> the error that it was. */
export function revive({ name, code, message, offset }: PlainError): DicomError | CohortError {
  if (name === "CohortError") return new CohortError(code as CohortErrorCode, message);
  // The text names its byte already; the cause keeps it from being named twice.
  const cause = new DicomError(code as DicomErrorCode, message);
  return new DicomError(cause.code, message, { cause, ...(offset === undefined ? {} : { offset }) });
}
