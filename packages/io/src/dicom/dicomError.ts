/** What can be wrong with the bytes of an image file. */
export type DicomErrorCode =
  | "not-a-file"
  | "not-dicom"
  | "truncated"
  | "invalid-structure"
  | "limit-exceeded"
  | "unsupported-transfer-syntax"
  | "codec-missing"
  | "missing-attribute"
  | "invalid-attribute"
  | "not-mammography"
  | "no-pixels"
  | "pixels-mismatch"
  | "corrupt-pixels"
  | "timeout"
  | "no-breast"
  | "wrong-study"
  | "missing-view"
  | "not-an-image"
  | "unreadable";

/**
 * Errors in an image file. Messages say what was expected and where; they never repeat a value of the file, since any value may be patient data.
 *
 * `offset` is the byte at which the file (or, inside a deflated data set, the inflated data set) went wrong, where there is such a byte.
 */
export class DicomError extends Error {
  override readonly name = "DicomError";
  readonly code: DicomErrorCode;
  readonly offset: number | undefined;

  constructor(code: DicomErrorCode, message: string, options?: ErrorOptions & { readonly offset?: number }) {
    // An error passed on from inside has named its byte already.
    const isPassedOn = options?.cause instanceof DicomError;
    super(
      options?.offset === undefined || isPassedOn ? message : `${message} (byte ${options.offset})`,
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.offset = options?.offset;
  }
}

/** The same error with a file's name or number in front. */
export const inFile = (file: string, cause: DicomError): DicomError =>
  new DicomError(cause.code, `${file}: ${cause.message}`, { cause, ...(cause.offset === undefined ? {} : { offset: cause.offset }) });
