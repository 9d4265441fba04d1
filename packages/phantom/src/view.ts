import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { cos, sin } from "./deterministicMath.ts";

/** The view positions that a phantom can be seen in. */
export type PhantomView = Extract<ViewPosition, "CC" | "MLO" | "ML" | "LM" | "XCCL" | "XCCM">;

/**
 * A point of the breast, mm: behind the nipple (toward the chest wall), lateral of it (away from the sternum), above it (toward the head).
 * The same frame for both breasts.
 */
export type Point3 = readonly [behind: number, lateral: number, above: number];

/** How a breast lies on the detector in one view; all lengths mm, as compressed. */
export interface Pose {
  /** 0: from above (CC); 90 degrees: from the side (ML). Radians. */
  readonly angle: number;
  /** Nipple to chest-wall edge of the detector. */
  readonly depth: number;
  /** Half extents of the breast above and below the nipple row at the chest wall. */
  readonly up: number;
  readonly down: number;
  /** Whether the upper outline runs on into the axilla instead of closing. */
  readonly axilla: boolean;
  /** Compressed thickness. */
  readonly thickness: number;
  /** The nipple below the top edge of the detector. */
  readonly nippleBelowTop: number;
  /** How much lengths along the rows and the columns are stretched by this compression, about 1. */
  readonly stretch: readonly [rows: number, columns: number];
  /** The pectoral muscle: its width at the top edge and how far down it reaches from there; length 0: a strip along the chest wall; width 0: not seen. */
  readonly pectoral: { readonly width: number; readonly length: number };
}

/**
 * Angle, share of depth, extents and place of the nipple by view. Views from the side show the breast up to the axilla, beyond the top edge; XCC
 * views turn it so that its outer or inner part fills the image.
 */
export const viewShapes = {
  CC: { degrees: 0, depth: 1, up: 1.03, down: 0.97, nippleHeight: 0.5 },
  MLO: { degrees: 47, depth: 1.03, up: 2.2, down: 0.95, nippleHeight: 0.6 },
  ML: { degrees: 90, depth: 0.98, up: 2, down: 0.95, nippleHeight: 0.57 },
  LM: { degrees: 90, depth: 0.96, up: 2, down: 0.95, nippleHeight: 0.56 },
  XCCL: { degrees: 6, depth: 0.9, up: 1.3, down: 0.8, nippleHeight: 0.6 },
  XCCM: { degrees: -4, depth: 0.9, up: 0.8, down: 1.3, nippleHeight: 0.4 },
} as const satisfies Readonly<
  Record<PhantomView, { readonly degrees: number; readonly depth: number; readonly up: number; readonly down: number; readonly nippleHeight: number }>
>;

/** Where a point of the breast falls, mm from the nipple: down the rows, and behind it along the columns. */
export function project([behind, lateral, above]: Point3, pose: Pose): readonly [row: number, behind: number] {
  const across = lateral * cos(pose.angle) + above * sin(pose.angle);
  return [-across * pose.stretch[0], behind * pose.stretch[1]];
}

/** Row and column tokens of PatientOrientation (PS3.3 C.7.6.1.1.1): left breasts are stored with the chest wall on the left, right ones on the right. */
export function patientOrientation(laterality: Laterality, view: PhantomView): string {
  const along = laterality === "L" ? "A" : "P";
  const medial = laterality === "L" ? "R" : "L";
  const shape = viewShapes[view].degrees;
  return `${along}\\${shape < 20 ? medial : shape > 70 ? "F" : `F${medial}`}`;
}
