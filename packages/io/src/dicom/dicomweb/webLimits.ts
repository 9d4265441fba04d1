/** What one request may cost before it is given up. */
export interface DicomWebLimits {
  /** From the request to the answer's first line, and for all waiting within one part or one JSON answer. */
  readonly milliseconds: number;
  /** One DICOM file. */
  readonly partBytes: number;
  /** DICOM files in one answer. */
  readonly parts: number;
  /** A JSON answer. */
  readonly jsonBytes: number;
  /** Objects, lists and values of a JSON answer, counted before it is parsed. */
  readonly jsonValues: number;
  /** Entries of a search, over all of its pages. */
  readonly results: number;
}

/** Wide enough for a tomosynthesis exam over a slow line. */
export const dicomWebLimitsDefaults: DicomWebLimits = {
  milliseconds: 120_000,
  partBytes: 2 ** 31,
  parts: 10_000,
  jsonBytes: 2 ** 25,
  jsonValues: 2 ** 20,
  results: 100_000,
};
