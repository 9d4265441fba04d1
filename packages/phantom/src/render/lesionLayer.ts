import type { Box, Point } from "@mammo/mammogram";
import { cos, exp, sin, smoothStep } from "../deterministicMath.ts";
import type { Device } from "../device.ts";
import { toPixel } from "../frame.ts";
import type { Blob, Grain, Lesion } from "../lesion.ts";
import type { Point3, Pose } from "../view.ts";
import { add, emptyLayer, type Layer, larger, paint, paintLine } from "./layer.ts";

/** A lesion in one view, at device pitch, unflipped: densities to add. */
export function lesionLayer(lesion: Lesion, pose: Pose, device: Device): Layer {
  const pixels = (mm: number) => mm / device.mmPerPixel;
  const at = (point: Point3): Point => toPixel(point, pose, device);
  const margin = pixels(0.7 * lesion.diameter + 4);
  const layer = emptyLayer(around(at(lesion.center), margin, margin), device);
  // A soft body's parts do not pile up; its spicules end in it.
  for (const blob of lesion.blobs) paintBlob(layer, blob, at(blob.center), pose, pixels);
  for (const { from, to, mmWide, contrast } of lesion.lines)
    paintLine(layer, { from: at(from), to: at(to), width: pixels(mmWide), value: contrast, taper: 0.45 }, larger);
  for (const grain of lesion.grains) paintGrain(layer, grain, at(grain.center), pixels(grain.radius));
  return layer;
}

/** A lone round calcification. */
export function speckLayer(
  speck: { readonly center: Point3; readonly radius: number; readonly contrast: number },
  pose: Pose,
  device: Device,
): Layer {
  const at = toPixel(speck.center, pose, device);
  const reach = speck.radius / device.mmPerPixel + 3;
  const layer = emptyLayer(around(at, reach, reach), device);
  paintGrain(layer, { ...speck, aspect: 1, turn: 0, lucent: 0 }, at, speck.radius / device.mmPerPixel);
  return layer;
}

function around([row, column]: Point, down: number, across: number): Box {
  return { top: row - down, left: column - across, bottom: row + down + 1, right: column + across + 1 };
}

function paintBlob(layer: Layer, blob: Blob, [row, column]: Point, pose: Pose, pixels: (mm: number) => number): void {
  // The projected half axis of an ellipsoid along a unit vector u is sqrt(sum (axis_i u_i)^2).
  const [lateral, above] = [blob.flat[0] * cos(pose.angle), blob.flat[1] * sin(pose.angle)];
  const high = pixels(blob.radius * Math.sqrt(lateral * lateral + above * above));
  const wide = pixels(blob.radius);
  const far = blob.edge < 1 ? 1 + blob.edge : 2.2;
  paint(layer, around([row, column], far * high, far * wide), blob.edge < 1 ? larger : add, (r, c) => {
    const y = (r - row) / high;
    const x = (c - column) / wide;
    const away2 = x * x + y * y;
    if (away2 > far * far) return 0;
    if (blob.edge >= 1) return blob.contrast * exp(-away2 / 0.8);
    // The chord through a ball, flattened, under a border as soft as its edge.
    const chord = Math.sqrt(Math.max(0.05, 1 - away2 / (far * far)));
    return blob.contrast * (0.35 + 0.65 * chord) * (1 - smoothStep(1 - blob.edge, 1 + blob.edge, Math.sqrt(away2)));
  });
}

function paintGrain(layer: Layer, grain: Omit<Grain, "center">, [row, column]: Point, radius: number): void {
  const [s, c0] = [sin(grain.turn), cos(grain.turn)];
  const short = radius / Math.sqrt(grain.aspect);
  const long = radius * Math.sqrt(grain.aspect);
  const reach = long + 2;
  // A grain below the pitch keeps its calcium: wider than it is, and fainter.
  const soft = 0.6;
  const full = Math.min(1, (short * long) / ((short + soft / 2) * (long + soft / 2)) + 0.15);
  paint(layer, around([row, column], reach, reach), larger, (r, c) => {
    const y = (c0 * (r - row) + s * (c - column)) / (short + soft / 2);
    const x = (c0 * (c - column) - s * (r - row)) / (long + soft / 2);
    const away = Math.sqrt(x * x + y * y);
    const border = Math.min(0.6, soft / short);
    const body = 1 - smoothStep(1 - border, 1 + border, away);
    return grain.contrast * full * body * (1 - grain.lucent * (1 - smoothStep(0.2, 0.8, away)));
  });
}
