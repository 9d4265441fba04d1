/** Bytes from the first to before the second. */
export type Range = readonly [from: number, to: number];

/** An encoded frame in which only those bytes stand that make its picture, as far as its structure tells. */
export interface CleanFrame {
  readonly cleaned: Uint8Array;
  /** Each byte that stays is one that the picture is decoded from. */
  readonly isVerified: boolean;
  /** The codestream may have more bits a value than the data set declares: its values are to be looked at. */
  readonly isWider: boolean;
}

/** The ranges of a frame, and 0 elsewhere. */
export function onlyRanges(encoded: Uint8Array, ranges: readonly Range[]): Uint8Array {
  const cleaned = new Uint8Array(encoded.length);
  for (const [from, to] of ranges) cleaned.set(encoded.subarray(from, to), from);
  return cleaned;
}
