/** One data element: where its value lies, or the items of its sequence, or the fragments of its encapsulated pixels. */
export interface DataElement {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly offset: number;
  readonly length: number;
  readonly items?: readonly DataSet[];
  readonly fragments?: readonly Fragment[];
}

/** Elements by tag (group * 65536 + element), with the bytes that they point into. */
export interface DataSet {
  readonly bytes: Uint8Array;
  /** The byte of the first element. */
  readonly start: number;
  readonly littleEndian: boolean;
  readonly elements: ReadonlyMap<number, DataElement>;
}

/** A piece of encapsulated pixels. */
export interface Fragment {
  readonly offset: number;
  readonly length: number;
  /** It opens as a frame does: with SOI of JPEG and JPEG-LS, SOC of JPEG 2000, or a header of RLE. */
  readonly isStart: boolean;
}

/** The length that stands for: up to the delimiter (PS3.5 7.1.3). */
export const undefinedLength = 0xffffffff;
