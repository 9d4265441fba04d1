import type { Laterality, ViewPosition } from "@mammo/mammogram";
import type { PixelArray } from "./codecs/codec.ts";
import type { OddKind } from "./header/imageKind.ts";

/**
 * What a header says of its image that whoever looks at it should know.
 *
 * `unreadable-attribute`: something is there, cannot be used, and something else stood in for it; `nonstandard-attribute`: read, though not written as DICOM says
 * (`MammoHeader` names both); `codestream-mismatch`: the pixels are of another transfer syntax, precision or sign than the file says, and were read as what they are.
 */
export type SourceFlag =
  | "for-processing"
  | "implant"
  | "partial-view"
  | "burned-in-annotation"
  | "quality-control"
  | "synthetic-view"
  | "not-mammography-class"
  | "non-screening-view"
  | "unreadable-attribute"
  | "nonstandard-attribute"
  | "codestream-mismatch"
  | OddKind;

/** A decoded view: its stored values, what brightness each of them means, and how the view was taken. */
export interface SourceView {
  readonly storedValues: PixelArray;
  readonly rows: number;
  readonly columns: number;
  /** Brightness in [0, 1] of each stored value (by its bits): see `intensityLut`. */
  readonly lut: Float32Array;
  /** True where `lut` is a plain ramp: contrast is then stretched between percentiles of the breast. */
  readonly isLinear: boolean;
  readonly mmPerPixel: readonly [row: number, column: number];
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  /** The side of the chest wall that the file states. */
  readonly chestWall?: "left" | "right" | undefined;
  /** The file states that the top of the image is what should be the bottom. */
  readonly isUpsideDown?: boolean;
  readonly sha256?: string | undefined;
  readonly flags?: readonly SourceFlag[];
}
