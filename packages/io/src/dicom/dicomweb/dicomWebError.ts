/** What can go wrong between us and a DICOMweb server. */
export type DicomWebErrorCode =
  | "network"
  | "timeout"
  | "aborted"
  | "redirect"
  | "unauthorized"
  | "not-found"
  | "refused"
  | "server-error"
  | "limit-exceeded"
  | "invalid-response"
  | "partial";

/** The server's or the network's mistakes. Messages say what was expected and the HTTP status; never an address, a UID, a header or anything that the server wrote. */
export class DicomWebError extends Error {
  override readonly name = "DicomWebError";
  readonly code: DicomWebErrorCode;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(code: DicomWebErrorCode, message: string, status?: number) {
    super(status === undefined ? message : `${message} (HTTP ${status})`);
    this.code = code;
    this.status = status;
  }
}
