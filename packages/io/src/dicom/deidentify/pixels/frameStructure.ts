/** Bytes from the first to before the second. */
export type Range = readonly [from: number, to: number];

/** Which bytes of an encoded frame make its picture, and whether the codestream has more bits a value than the data set declares. */
export interface FrameStructure {
  readonly ranges: readonly Range[];
  readonly isWider: boolean;
}
