/**
 * What a header's readers note on the way, by keyword of the attribute and never by its value.
 *
 * `unreadable`: present, but not readable, so that something else stands in for it. `nonstandard`: read, though it is not written as DICOM says.
 */
export interface Reading {
  readonly unreadable: Set<string>;
  readonly nonstandard: Set<string>;
}

/** A reading that has noted nothing yet. */
export const startReading = (): Reading => ({ unreadable: new Set(), nonstandard: new Set() });
