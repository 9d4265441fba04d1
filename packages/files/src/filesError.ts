/**
 * `malformed-table`: text that is no table. `duplicate-column`: a table that names a column twice. `unreadable`: the disk refuses. `not-a-file`: a folder, device, pipe or socket. `outside`: leads out of the
 * stated folder. `too-large`: over the stated bytes, or a folder with too many entries. `not-empty`: a folder that must be new. `in-use`: a folder that another run writes. `write-failed`: the disk
 * refuses to write.
 */
export type FilesErrorCode =
  | "malformed-table"
  | "duplicate-column"
  | "unreadable"
  | "not-a-file"
  | "outside"
  | "too-large"
  | "not-empty"
  | "in-use"
  | "write-failed";

/** A file, folder or table that is not as it must be. Its text holds neither paths nor contents: both may name a patient. Tell it by `code`. */
export class FilesError extends Error {
  readonly code: FilesErrorCode;
  /** Of `malformed-table` and `duplicate-column`: the line where the row begins, counted from 1. */
  readonly line?: number | undefined;

  constructor(code: FilesErrorCode, message: string, { line, ...options }: ErrorOptions & { readonly line?: number } = {}) {
    super(message, options);
    this.name = "FilesError";
    this.code = code;
    this.line = line;
  }
}
