// S1's batches: annotated lesions and background, as the re-implementations of the winning code draw them.
import { type Draw, drawFrom } from "./random.ts";
import { type Lesion, loadPixels, type StandardView } from "./standards.ts";

/** The detector's classes, in the order of its logits [R]. Distortions and asymmetries count as masses: both are soft-tissue findings [O]. */
const patchClasses = ["background", "benign calcification", "benign mass", "malignant calcification", "malignant mass"] as const;

export const patchSize = 224;

export interface PatchBatch {
  /** [B, 224, 224, 1] row-major, in [0, 1]. */
  readonly pixels: Float32Array;
  /** [B] index into patchClasses. */
  readonly classes: Int32Array;
}

const classOf = ({ kind, malignant }: Lesion): number => (kind === "calcification" ? 1 : 2) + (malignant ? 2 : 0);

/** One batch, a pure function of (seed, step): half background, the rest spread evenly over the lesion classes that occur. */
export async function patchBatch(
  views: readonly StandardView[],
  options: { readonly seed: number; readonly step: number; readonly size: number },
): Promise<PatchBatch> {
  const draw = drawFrom(options.seed, "patch", options.step);
  const byClass = patchClasses.map((_, index) =>
    views.flatMap((view) => view.lesions.filter((lesion) => classOf(lesion) === index).map((lesion) => ({ view, lesion }))),
  );
  const present = byClass.flatMap((places, index) => (index > 0 && places.length > 0 ? [index] : []));
  const area = patchSize * patchSize;
  const pixels = new Float32Array(options.size * area);
  const classes = new Int32Array(options.size);
  for (let item = 0; item < options.size; item++) {
    const wanted = present.length === 0 || item % 2 === 0 ? 0 : present[((item - 1) / 2 + options.step) % present.length]!;
    const { view, lesion } = wanted === 0 ? { view: draw.pick(views), lesion: undefined } : draw.pick(byClass[wanted]!);
    const source = await loadPixels(view);
    const center = lesion ? insideLesion(draw, lesion) : background(draw, view, source);
    cutPatch(source, view, center, draw, pixels.subarray(item * area, (item + 1) * area));
    classes[item] = wanted;
  }
  return { pixels, classes };
}

/** The patch's centre is jittered inside the lesion. */
const insideLesion = (draw: Draw, { box }: Lesion): readonly [row: number, column: number] => [
  draw.real(box.top, box.bottom),
  draw.real(box.left, box.right),
];

/** A place in the breast whose middle holds no lesion. Of three candidates the brightest half of the time: dense tissue makes the hard negatives [O]. */
function background(draw: Draw, view: StandardView, source: Uint16Array): readonly [row: number, column: number] {
  const { breast } = view;
  const candidates: [row: number, column: number][] = [];
  for (let attempt = 0; attempt < 200 && candidates.length < 3; attempt++) {
    const row = draw.real(breast.top, breast.bottom);
    const column = draw.real(breast.left, breast.right);
    const clear = view.lesions.every(({ box }) => row < box.top - 48 || row > box.bottom + 48 || column < box.left - 48 || column > box.right + 48);
    if (clear && (source[Math.floor(row) * view.columns + Math.floor(column)] ?? 0) > 0) candidates.push([row, column]);
  }
  if (candidates.length === 0) return [breast.bottom, breast.right];
  return draw.chance(0.5)
    ? candidates[0]!
    : candidates.reduce((best, next) => (brightness(source, view, next) > brightness(source, view, best) ? next : best));
}

function brightness(source: Uint16Array, { rows, columns }: StandardView, [row, column]: readonly [number, number]): number {
  let sum = 0;
  for (let r = row - 40; r < row + 40; r += 8)
    for (let c = column - 40; c < column + 40; c += 8)
      if (r >= 0 && r < rows && c >= 0 && c < columns) sum += source[Math.floor(r) * columns + Math.floor(c)]!;
  return sum;
}

/** Scale 0.8–1.2, flips, rotation ±25°, shear 0.2 about the centre, bilinear; outside the image is 0. */
function cutPatch(source: Uint16Array, { rows, columns }: StandardView, center: readonly [number, number], draw: Draw, out: Float32Array): void {
  const angle = (draw.real(-25, 25) * Math.PI) / 180;
  const scale = draw.real(0.8, 1.2);
  const shear = draw.real(-0.2, 0.2);
  const flipRows = draw.chance(0.5) ? -1 : 1;
  const flipColumns = draw.chance(0.5) ? -1 : 1;
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const rowByRow = flipRows * cos;
  const rowByColumn = flipColumns * (shear * cos - sin);
  const columnByRow = flipRows * sin;
  const columnByColumn = flipColumns * (shear * sin + cos);
  const half = patchSize / 2;
  for (let i = 0, at = 0; i < patchSize; i++) {
    for (let j = 0; j < patchSize; j++, at++) {
      const row = center[0] - 0.5 + rowByRow * (i + 0.5 - half) + rowByColumn * (j + 0.5 - half);
      const column = center[1] - 0.5 + columnByRow * (i + 0.5 - half) + columnByColumn * (j + 0.5 - half);
      const r = Math.floor(row);
      const c = Math.floor(column);
      if (r < 0 || c < 0 || r + 1 >= rows || c + 1 >= columns) continue;
      const base = r * columns + c;
      const fr = row - r;
      const fc = column - c;
      const top = source[base]! + fc * (source[base + 1]! - source[base]!);
      const bottom = source[base + columns]! + fc * (source[base + columns + 1]! - source[base + columns]!);
      out[at] = (top + fr * (bottom - top)) / 65535;
    }
  }
}
