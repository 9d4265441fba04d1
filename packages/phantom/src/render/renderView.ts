import { type Box, keyedRandom, type Laterality, type LesionKind, type Point } from "@mammo/mammogram";
import { type Breast, growBreast, poseBreast } from "../breast.ts";
import type { Device } from "../device.ts";
import { nipplePixel, storedBox, storedPoint, toPixel } from "../frame.ts";
import type { Lesion } from "../lesion.ts";
import type { PhantomView, Point3, Pose } from "../view.ts";
import { renderAnatomy } from "./anatomy.ts";
import { burnIn, expose } from "./expose.ts";
import type { Layer } from "./layer.ts";
import { lesionLayer, speckLayer } from "./lesionLayer.ts";
import { markerLayer, skinMarkerLayer } from "./marker.ts";
import { mirroredMask, tightMask } from "./mask.ts";

/** One image to take: plain data, so that it can be sent to a worker. */
export interface ViewSpec {
  readonly seed: number;
  readonly woman: number;
  /** Exams of a woman differ in pose and noise, not in the breast. */
  readonly exam: number;
  /** Number of the image within its exam, from 1. */
  readonly image: number;
  readonly laterality: Laterality;
  readonly view: PhantomView;
  readonly device: Device;
  readonly lesions: readonly Lesion[];
  /** What a ring of lead on the skin was taped over, as a place in the breast: its picture lies 12 mm beside it. Left out: no such marker. */
  readonly skinMarker?: Point3;
}

/** The truth of one lesion in one image. */
export interface LesionTruth {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  /** Tight around the mask; stored pixels. */
  readonly box: Box;
  /** 1 in the lesion, 0 outside, over the box, row-major. */
  readonly mask: Uint8Array;
  /** Middle of the lesion in stored pixels. */
  readonly center: Point;
  /** Middle of the lesion in the breast, mm. */
  readonly position: Point3;
  /** Middle of the lesion to the nipple in this image, mm. */
  readonly nippleDistance: number;
}

/** Where the things are in one image. */
export interface ViewTruth {
  readonly pose: Pose;
  /** Stored pixels. */
  readonly nipple: Point;
  readonly lesions: readonly LesionTruth[];
}

/** One image as a device stores it, with its truth. */
export interface PhantomImage extends ViewTruth {
  readonly spec: ViewSpec;
  readonly rows: number;
  readonly columns: number;
  /** Stored values, row-major, within `spec.device.bits`. */
  readonly pixels: Uint16Array;
}

/**
 * Takes one image of a breast. The same spec gives the same bytes on every machine.
 *
 * @example const { pixels, lesions } = renderView({ ...spec, device: devices.aldebaran });
 */
export function renderView(spec: ViewSpec): PhantomImage {
  const { breast, pose, layers } = scene(spec);
  const random = keyedRandom(spec.seed, spec.woman, spec.exam, spec.image, "picture");
  const anatomy = renderAnatomy(breast, pose, spec.device, random);
  const specks = breast.specks.map((speck) => speckLayer(speck, pose, spec.device));
  const pixels = expose(anatomy, [...specks, ...layers], {
    device: spec.device,
    laterality: spec.laterality,
    random: keyedRandom(spec.seed, spec.woman, spec.exam, spec.image, "noise"),
  });
  burnIn(pixels, markerLayer(spec.device, spec.laterality, spec.view), spec.device);
  if (spec.skinMarker) burnIn(pixels, skinMarkerLayer(spec.device, besideOf(spec.skinMarker, pose, spec)), spec.device);
  return { spec, rows: spec.device.rows, columns: spec.device.columns, pixels, ...truth(spec, pose, layers) };
}

/** Far enough from a place that a lesion there stays to be seen, near enough that a patch of the lesion shows the marker: stored pixels. */
function besideOf(place: Point3, pose: Pose, { device, laterality }: ViewSpec): Point {
  const [row, column] = toPixel(place, pose, device);
  return storedPoint([row - 12 / device.mmPerPixel, column], laterality, device);
}

/**
 * The truth of an image without taking it, at a hundredth of the cost: the same as `renderView` gives.
 */
export function viewTruth(spec: ViewSpec): ViewTruth {
  const { pose, layers } = scene(spec);
  return truth(spec, pose, layers);
}

function scene(spec: ViewSpec): { readonly breast: Breast; readonly pose: Pose; readonly layers: readonly Layer[] } {
  const breast = growBreast(spec);
  const random = keyedRandom(spec.seed, spec.woman, spec.exam, spec.image, "pose");
  const pose = poseBreast(breast, { view: spec.view, mmHigh: spec.device.rows * spec.device.mmPerPixel, random });
  return { breast, pose, layers: spec.lesions.map((lesion) => lesionLayer(lesion, pose, spec.device)) };
}

function truth(spec: ViewSpec, pose: Pose, layers: readonly Layer[]): ViewTruth {
  const { device, laterality } = spec;
  const nipple = nipplePixel(pose, device);
  const lesions = spec.lesions.flatMap(({ kind, malignant, center: position }, i): LesionTruth[] => {
    const seen = tightMask(layers[i]!);
    if (!seen) return [];
    const center = toPixel(position, pose, device);
    const [y, x] = [center[0] - nipple[0], center[1] - nipple[1]];
    return [
      {
        kind,
        malignant,
        box: storedBox(seen.box, laterality, device),
        mask: laterality === "L" ? seen.mask : mirroredMask(seen.mask, seen.box.right - seen.box.left),
        center: storedPoint(center, laterality, device),
        position,
        nippleDistance: Math.sqrt(y * y + x * x) * device.mmPerPixel,
      },
    ];
  });
  return { pose, nipple: storedPoint(nipple, laterality, device), lesions };
}
