import type { DicomErrorCode } from "@mammo/io";
import type { CohortErrorCode } from "@mammo/io/node";

/**
 * `no-weights`: no trained bundle where one was named, or one that is not whole. `uncalibrated`: a bundle whose scores tell no exam from another. `other-standardization`: weights trained on other standard images.
 * `missing-file`: a path that leads nowhere. `no-mammogram`: files without one. `run-exists`: a folder that holds a run already. `other-options`: a run
 * with other options. `other-cohort`: a run on other files. `one-class`: no training case with, or none without, cancer. `table`: a table that does not say what it should. `few-exams`: too
 * few exams of a device to align it. `recipe`: a recipe with a field that is none, or out of range. `missing-module`: an optional module that was asked for and is not installed.
 * Those of @mammo/io: an image of a cohort that cannot be read.
 */
export type PipelineErrorCode =
  | "no-weights"
  | "other-standardization"
  | "uncalibrated"
  | "missing-file"
  | "no-mammogram"
  | "run-exists"
  | "other-options"
  | "other-cohort"
  | "one-class"
  | "table"
  | "few-exams"
  | "recipe"
  | "missing-module"
  | DicomErrorCode
  | CohortErrorCode;

/** An error in the input, not in the call. Its text names files by their content or by what the caller named them, never by a patient's name. Tell it by `code`. */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PipelineError";
    this.code = code;
  }
}
