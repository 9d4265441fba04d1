import type { Device } from "./device.ts";
import { type Laterality, type Point3, type Pose, project } from "./view.ts";

/** A point of a picture in pixels: pixel (r, c) covers [r, r+1) x [c, c+1). */
export type PixelPoint = readonly [row: number, column: number];

/** Half-open box in pixels: rows top <= r < bottom, columns left <= c < right. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** The nipple in pixels of the unflipped picture (chest wall at column 0, as a left breast is stored). */
export function nipplePixel(pose: Pose, device: Device): PixelPoint {
  return [pose.nippleBelowTop / device.mmPerPixel, pose.depth / device.mmPerPixel];
}

/** A point of the breast in pixels of the unflipped picture. */
export function toPixel(point: Point3, pose: Pose, device: Device): PixelPoint {
  const [row, column] = nipplePixel(pose, device);
  const [down, behind] = project(point, pose);
  return [row + down / device.mmPerPixel, column - behind / device.mmPerPixel];
}

/** A point of the unflipped picture as stored: right breasts have their chest wall at the last column. */
export function storedPoint([row, column]: PixelPoint, laterality: Laterality, device: Device): PixelPoint {
  return [row, laterality === "L" ? column : device.columns - column];
}

/** A box of the unflipped picture as stored. */
export function storedBox(box: Box, laterality: Laterality, device: Device): Box {
  return laterality === "L" ? box : { ...box, left: device.columns - box.right, right: device.columns - box.left };
}
