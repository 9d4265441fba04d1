/** A lookup table of DICOM (PS3.3 C.11.1, C.11.2): input below `firstMapped` takes the first entry, input beyond the last takes the last. */
export interface Lut {
  readonly firstMapped: number;
  readonly bits: number;
  readonly data: Uint16Array;
}

/** The entry for a value. */
export const lookUp = (lut: Lut, value: number): number => lut.data[Math.min(Math.max(Math.trunc(value) - lut.firstMapped, 0), lut.data.length - 1)]!;
