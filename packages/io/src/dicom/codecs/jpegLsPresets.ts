import { DicomError } from "../dicomError.ts";

/** Preset coding parameters (T.87 C.2.4.1.1) and the allowed error. */
export interface Presets {
  readonly max: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly reset: number;
  readonly near: number;
}

/** What the stream gives, filled up with the defaults of T.87 C.2.4.1.1.1. */
export function presetsOf(options: { readonly precision: number; readonly near: number; readonly given: Partial<Presets> }): Presets {
  const { near, given } = options;
  const max = given.max ?? 2 ** options.precision - 1;
  if (max >= 2 ** options.precision || near > Math.min(255, max >> 1))
    throw new DicomError("corrupt-pixels", "Expected JPEG-LS parameters that fit the precision");
  const clamp = (value: number, low: number): number => (value > max || value < low ? low : value);
  const factor = max >= 128 ? (Math.min(max, 4095) + 128) >> 8 : Math.floor(256 / (max + 1));
  const scaled = (basic: number, floor: number, nears: number): number =>
    (max >= 128 ? factor * (basic - floor) + floor : Math.max(floor, Math.floor(basic / factor))) + nears * near;
  const t1 = given.t1 ?? clamp(scaled(3, 2, 3), near + 1);
  const t2 = given.t2 ?? clamp(scaled(7, 3, 5), t1);
  const t3 = given.t3 ?? clamp(scaled(21, 4, 7), t2);
  const reset = given.reset ?? 64;
  // T.87 table C.1.
  if (t1 < near + 1 || t2 < t1 || t3 < t2 || t3 > max || reset < 3 || reset > Math.max(255, max))
    throw new DicomError("corrupt-pixels", "Expected JPEG-LS thresholds that rise within the precision");
  return { max, t1, t2, t3, reset, near };
}
