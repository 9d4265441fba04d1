import type { ImagePixel } from "../parse/imagePixel.ts";
import { applyModality, type Modality } from "./modality.ts";
import { applyVoi, type Voi } from "./voi.ts";

/** How stored values become brightness: what `intensityLut` needs of a header. */
export interface Intensity {
  readonly modality: Modality;
  /** Undefined: a linear ramp over all values that the stored bits can hold. */
  readonly voi: Voi | undefined;
  readonly isInverted: boolean;
  readonly padding?: readonly [from: number, to: number] | undefined;
  /** Raw detector counts grow with exposure: take -log of the modality value first, so that tissue is bright. */
  readonly negativeLog?: boolean;
}

/** A brightness within [0, 1]; what is no number is black. */
const bounded = (light: number): number => (light > 0 ? Math.min(light, 1) : 0);

/**
 * For each of the 256 or 65,536 values that an image can store its brightness in [0, 1]: bits above Bits Stored dropped, sign extended, modality and VOI applied, MONOCHROME1 inverted once, padding black.
 *
 * Signed values index it by their bits (value & 0xffff).
 */
export function intensityLut(pixel: ImagePixel, intensity: Intensity): Float32Array {
  const { bitsStored, isSigned, bitsAllocated } = pixel;
  const shift = pixel.highBit + 1 - bitsStored;
  const count = 2 ** bitsStored;
  const sign = isSigned ? count / 2 : count;
  const transform = (value: number): number => (intensity.negativeLog ? -Math.log(Math.max(value, 1)) : value);
  const modalityOf = (index: number): number => transform(applyModality(intensity.modality, index < sign ? index : index - count));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (intensity.voi === undefined) {
    for (let index = 0; index < count; index++) {
      const value = modalityOf(index);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const stored = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const value = modalityOf(index);
    const light = bounded(intensity.voi ? applyVoi(intensity.voi, value) : high > low ? (value - low) / (high - low) : 0);
    stored[index] = intensity.isInverted ? 1 - light : light;
  }
  // The padding value is compared with what is stored, all of it: one that the stored bits cannot hold matches no pixel (PS3.3 C.7.5.1.1.2).
  const isPadding = ([from, to]: readonly [number, number], value: number): boolean => value >= from && value <= to;
  const { padding } = intensity;
  if (padding) for (let index = 0; index < count; index++) if (isPadding(padding, index < sign ? index : index - count)) stored[index] = 0;
  if (shift === 0 && bitsStored === bitsAllocated) return stored;
  const allocated = new Float32Array(2 ** bitsAllocated);
  if (shift === 0) for (let at = 0; at < allocated.length; at += count) allocated.set(stored, at);
  else for (let value = 0; value < allocated.length; value++) allocated[value] = stored[(value >> shift) & (count - 1)]!;
  // Writers that keep more in a cell than the stored bits may keep the padding value there.
  if (padding && bitsAllocated <= 16) {
    const half = isSigned ? allocated.length / 2 : allocated.length;
    for (const cell of allocated.keys()) if (isPadding(padding, cell < half ? cell : cell - allocated.length)) allocated[cell] = 0;
  }
  return allocated;
}
