import type { Box, Laterality, Point } from "@mammo/mammogram";
import type { Device } from "./device.ts";
import { type Point3, type Pose, project } from "./view.ts";

/** The nipple in pixels of the unflipped image (chest wall at column 0, as a left breast is stored). */
export function nipplePixel(pose: Pose, device: Device): Point {
  return [pose.nippleBelowTop / device.mmPerPixel, pose.depth / device.mmPerPixel];
}

/** A point of the breast in pixels of the unflipped image. */
export function toPixel(point: Point3, pose: Pose, device: Device): Point {
  const [row, column] = nipplePixel(pose, device);
  const [down, behind] = project(point, pose);
  return [row + down / device.mmPerPixel, column - behind / device.mmPerPixel];
}

/** A point of the unflipped image as stored: right breasts have their chest wall at the last column. */
export function storedPoint([row, column]: Point, laterality: Laterality, device: Device): Point {
  return [row, laterality === "L" ? column : device.columns - column];
}

/** A box of the unflipped image as stored. */
export function storedBox(box: Box, laterality: Laterality, device: Device): Box {
  return laterality === "L" ? box : { ...box, left: device.columns - box.right, right: device.columns - box.left };
}
