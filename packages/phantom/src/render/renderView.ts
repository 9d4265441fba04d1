import { type Breast, growBreast, poseBreast } from "../breast.ts";
import { type Device, storedValue } from "../device.ts";
import { type Box, nipplePixel, type PixelPoint, storedBox, storedPoint, toPixel } from "../frame.ts";
import type { Lesion, LesionKind } from "../lesion.ts";
import { normalTable, tableMask, tablePlace } from "../noise.ts";
import { stream } from "../random.ts";
import type { Laterality, PhantomView, Point3, Pose } from "../view.ts";
import { type Anatomy, renderAnatomy } from "./anatomy.ts";
import type { Layer } from "./layer.ts";
import { layerMask, lesionLayer, speckLayer } from "./lesionLayer.ts";
import { markerLayer } from "./marker.ts";

/** One picture to take: plain data, so that it can be sent to a worker. */
export interface ViewSpec {
  readonly seed: number;
  readonly woman: number;
  /** Exams of a woman differ in pose and noise, not in the breast. */
  readonly exam: number;
  /** Number of the picture within its exam, from 1. */
  readonly image: number;
  readonly laterality: Laterality;
  readonly view: PhantomView;
  readonly device: Device;
  readonly lesions: readonly Lesion[];
}

/** The truth of one lesion in one picture. */
export interface LesionTruth {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  /** Tight around the mask; stored pixels. */
  readonly box: Box;
  /** 1 in the lesion, 0 outside, over the box, row-major. */
  readonly mask: Uint8Array;
  /** Middle of the lesion in stored pixels. */
  readonly centre: PixelPoint;
  /** Middle of the lesion in the breast, mm. */
  readonly position: Point3;
  /** Middle of the lesion to the nipple in this picture, mm. */
  readonly nippleDistance: number;
}

/** Where the things are in one picture. */
export interface ViewTruth {
  readonly pose: Pose;
  /** Stored pixels. */
  readonly nipple: PixelPoint;
  readonly lesions: readonly LesionTruth[];
}

/** One picture as a device stores it, with its truth. */
export interface PhantomImage extends ViewTruth {
  readonly spec: ViewSpec;
  readonly rows: number;
  readonly columns: number;
  /** Stored values, row-major, within `spec.device.bits`. */
  readonly pixels: Uint16Array;
}

/** A mask ends where a lesion has this share of its greatest contrast. */
const visibleShare = 0.12;
const levels = 4096;

/**
 * Takes one picture of a breast. The same spec gives the same bytes on every machine.
 *
 * @example const { pixels, lesions } = renderView({ ...spec, device: devices.aldebaran });
 */
export function renderView(spec: ViewSpec): PhantomImage {
  const { breast, pose, layers } = scene(spec);
  const dice = stream(spec.seed, spec.woman, spec.exam, spec.image, "picture");
  const anatomy = renderAnatomy(breast, pose, spec.device, dice);
  const specks = breast.specks.map((speck) => speckLayer(speck, pose, spec.device));
  const pixels = expose(anatomy, [...specks, ...layers], spec);
  burnIn(pixels, markerLayer(spec.device, spec.laterality, spec.view), spec.device);
  return { spec, rows: spec.device.rows, columns: spec.device.columns, pixels, ...truth(spec, pose, layers) };
}

/**
 * The truth of a picture without taking it, at a hundredth of the cost: the same as `renderView` gives.
 */
export function viewTruth(spec: ViewSpec): ViewTruth {
  const { pose, layers } = scene(spec);
  return truth(spec, pose, layers);
}

function scene(spec: ViewSpec): { readonly breast: Breast; readonly pose: Pose; readonly layers: readonly Layer[] } {
  const breast = growBreast(spec);
  const dice = stream(spec.seed, spec.woman, spec.exam, spec.image, "pose");
  const pose = poseBreast(breast, { view: spec.view, mmHigh: spec.device.rows * spec.device.mmPerPixel, dice });
  return { breast, pose, layers: spec.lesions.map((lesion) => lesionLayer(lesion, pose, spec.device)) };
}

function truth(spec: ViewSpec, pose: Pose, layers: readonly Layer[]): ViewTruth {
  const { device, laterality } = spec;
  const nipple = nipplePixel(pose, device);
  const lesions = spec.lesions.flatMap(({ kind, malignant, centre: position }, i): LesionTruth[] => {
    const seen = tightMask(layers[i]!);
    if (!seen) return [];
    const centre = toPixel(position, pose, device);
    const [y, x] = [centre[0] - nipple[0], centre[1] - nipple[1]];
    return [
      {
        kind,
        malignant,
        box: storedBox(seen.box, laterality, device),
        mask: laterality === "L" ? seen.mask : mirrored(seen.mask, seen.box.right - seen.box.left),
        centre: storedPoint(centre, laterality, device),
        position,
        nippleDistance: Math.sqrt(y * y + x * x) * device.mmPerPixel,
      },
    ];
  });
  return { pose, nipple: storedPoint(nipple, laterality, device), lesions };
}

/** The visible part of a layer and the box tight around it; undefined where the lesion lies outside the picture. */
function tightMask(layer: Layer): { readonly box: Box; readonly mask: Uint8Array } | undefined {
  const whole = layerMask(layer, visibleShare);
  const { box } = layer;
  const width = box.right - box.left;
  let [top, left, bottom, right] = [box.bottom, box.right, box.top, box.left];
  for (let r = box.top; r < box.bottom; r++)
    for (let c = box.left; c < box.right; c++)
      if (whole[(r - box.top) * width + c - box.left]) {
        top = Math.min(top, r);
        left = Math.min(left, c);
        bottom = Math.max(bottom, r + 1);
        right = Math.max(right, c + 1);
      }
  if (bottom <= top) return undefined;
  const mask = new Uint8Array((bottom - top) * (right - left));
  for (let r = top; r < bottom; r++)
    mask.set(whole.subarray((r - box.top) * width + left - box.left, (r - box.top) * width + right - box.left), (r - top) * (right - left));
  return { box: { top, left, bottom, right }, mask };
}

function mirrored(mask: Uint8Array, width: number): Uint8Array {
  return mask.map((_, i) => mask[i - (i % width) + width - 1 - (i % width)]!);
}

/** Anatomy, lesions and noise through the device's curve, row by row. */
function expose(anatomy: Anatomy, layers: readonly Layer[], spec: ViewSpec): Uint16Array {
  const { device, laterality } = spec;
  const { rows, columns } = device;
  const { factor } = anatomy;
  const dice = stream(spec.seed, spec.woman, spec.exam, spec.image, "noise");
  const table = normalTable();
  const curve = Uint16Array.from({ length: levels + 1 }, (_, i) => storedValue(device, i / levels));
  const pixels = new Uint16Array(rows * columns).fill(curve[0]!);
  const line = new Float32Array(columns + factor);
  const cells = new Float32Array(anatomy.columns + 1);
  for (let r = 0; r < rows; r++) {
    const y = Math.max(0, (r + 0.5) / factor - 0.5);
    const upper = Math.floor(y);
    const lower = Math.min(upper + 1, anatomy.rows - 1);
    const reach = Math.min(anatomy.columns, Math.max(anatomy.reach[upper]!, anatomy.reach[lower]!) + 1);
    const end = anatomy.reach[upper] || anatomy.reach[lower] ? Math.min(columns, reach * factor) : 0;
    for (let c = 0; c < reach; c++) {
      const above = anatomy.values[upper * anatomy.columns + c]!;
      cells[c] = above + (y - upper) * (anatomy.values[lower * anatomy.columns + c]! - above);
    }
    cells[reach] = cells[reach - 1]!;
    stretchLine(cells, reach, factor, line);
    for (const { box, values } of layers) {
      if (r < box.top || r >= box.bottom) continue;
      const start = (r - box.top) * (box.right - box.left) - box.left;
      for (let c = box.left; c < Math.min(box.right, end); c++) line[c]! += values[start + c]!;
    }
    const place = tablePlace(dice);
    const base = laterality === "L" ? r * columns : r * columns + columns - 1;
    const step = laterality === "L" ? 1 : -1;
    for (let c = 0; c < end; c++) {
      const density = line[c]!;
      const noisy = density + (density < 0.02 ? device.airNoise : device.noise) * table[(place + c) & tableMask]!;
      pixels[base + step * c] = curve[noisy <= 0 ? 0 : noisy >= 1 ? levels : (noisy * levels + 0.5) | 0]!;
    }
    if (device.airNoise > 0)
      for (let c = end; c < columns; c++) {
        const noisy = device.airNoise * Math.abs(table[(place + c) & tableMask]!);
        pixels[base + step * c] = curve[(noisy * levels + 0.5) | 0]!;
      }
  }
  return pixels;
}

/** Linear interpolation of one row of cells to `factor` pixels a cell. */
function stretchLine(cells: Float32Array, reach: number, factor: number, line: Float32Array): void {
  for (let part = 0; part < factor; part++) {
    const x = (part + 0.5) / factor - 0.5;
    for (let c = 0, i = part; c < reach && i < line.length; c++, i += factor) {
      const here = cells[c]!;
      const beside = x < 0 ? cells[c === 0 ? 0 : c - 1]! : cells[c + 1]!;
      line[i] = here + Math.abs(x) * (beside - here);
    }
  }
}

/** Lead letters stop nearly all X-rays: as bright as the device goes. */
function burnIn(pixels: Uint16Array, marker: Layer, device: Device): void {
  const { box, values } = marker;
  const bright = storedValue(device, 1);
  const width = box.right - box.left;
  for (let i = 0; i < values.length; i++)
    if (values[i]!) pixels[(box.top + Math.floor(i / width)) * device.columns + box.left + (i % width)] = bright;
}
