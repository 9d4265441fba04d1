/** Value representations that can be written (PS3.5 6.2). */
export type Vr =
  | "AE"
  | "AS"
  | "AT"
  | "CS"
  | "DA"
  | "DS"
  | "DT"
  | "FD"
  | "FL"
  | "IS"
  | "LO"
  | "LT"
  | "OB"
  | "OD"
  | "OF"
  | "OL"
  | "OV"
  | "OW"
  | "PN"
  | "SH"
  | "SL"
  | "SQ"
  | "SS"
  | "ST"
  | "SV"
  | "TM"
  | "UC"
  | "UI"
  | "UL"
  | "UN"
  | "UR"
  | "US"
  | "UT"
  | "UV";

/** Encapsulated pixels (PS3.5 A.4): the Basic Offset Table, which may be empty, then the fragments. */
export interface Fragments {
  readonly fragments: readonly Uint8Array[];
}

/** Text in ASCII, numbers, bytes as they are to stand in the file, the items of a sequence, or encapsulated pixels. */
export type Value = string | number | readonly number[] | Uint8Array | readonly Elements[] | Fragments;

/** A data element to write: its group and element number as 0xGGGGEEEE. */
export interface Element {
  readonly tag: number;
  readonly vr: Vr;
  readonly value: Value;
}

/** The elements of a data set or of an item, in any order. */
export type Elements = readonly Element[];

/** @example element(0x0010_0040, "CS", "F") */
export const element = (tag: number, vr: Vr, value: Value): Element => ({ tag, vr, value });
