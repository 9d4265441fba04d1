/** Told by a decoder which bytes of a JPEG or JPEG-LS stream its picture is made from: what it never says makes none. */
export interface OnRead {
  /** Of the segments: headers at the length that their fields call for, and the tables that a scan uses. */
  readonly part: (from: number, to: number) => void;
  /** Entropy-coded data up to the last bit that was asked for, restart markers included. */
  readonly data: (from: number, to: number) => void;
}

/** For nobody. */
export const unheard: OnRead = { part: () => undefined, data: () => undefined };
