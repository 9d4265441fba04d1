/** How values are mapped for display: DICOM PS3.3 C.11.2.1 (LINEAR: with its half pixel; SIGMOID: C.11.2.1.3.1). */
export type VoiFunction = "LINEAR" | "SIGMOID";

/** An X-ray device: what it makes of one and the same breast. All of them are invented. */
export interface Device {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Pitch of the stored pixels, mm (ImagerPixelSpacing). */
  readonly mmPerPixel: number;
  /** BitsStored, 10 to 16. */
  readonly bits: number;
  readonly photometric: "MONOCHROME1" | "MONOCHROME2";
  readonly voi: VoiFunction;
  /** Lossless JPEG (first-order prediction), or none: Explicit VR Little Endian. */
  readonly compression: "jpegLossless" | "none";
  /** Bend of the intensity curve, -0.4 to 0.4: stored value = density + bend * density * (1 - density). */
  readonly bend: number;
  /** Part of the range of values that the detector uses, [low, high] within [0, 1]. */
  readonly range: readonly [low: number, high: number];
  /** Deviation of the quantum noise at this pitch, as a fraction of the range. */
  readonly noise: number;
  /** Deviation of the noise in air, as a fraction of the range; 0 for devices that mask the background. */
  readonly airNoise: number;
  /** The burned-in marker: letters of the side alone, or side and view; height of its letters in mm. */
  readonly marker: { readonly text: "side" | "sideAndView"; readonly mmHigh: number };
}

const aldebaran: Device = {
  name: "Aldebaran 12",
  rows: 1800,
  columns: 1200,
  mmPerPixel: 0.1666,
  bits: 12,
  photometric: "MONOCHROME2",
  voi: "LINEAR",
  compression: "jpegLossless",
  bend: 0.1,
  range: [0, 1],
  noise: 0.007,
  airNoise: 0,
  marker: { text: "sideAndView", mmHigh: 6 },
};

const bellatrix: Device = {
  name: "Bellatrix S",
  rows: 1800,
  columns: 1800,
  mmPerPixel: 0.1666,
  bits: 12,
  photometric: "MONOCHROME2",
  voi: "SIGMOID",
  compression: "jpegLossless",
  bend: -0.2,
  range: [0.1, 0.9],
  noise: 0.009,
  airNoise: 0,
  marker: { text: "side", mmHigh: 9 },
};

/**
 * Five invented devices, by key: binned ones for every day, and the full matrices 3600x2400 and 3600x3600 whose squeezing to one input size is a
 * known trap.
 */
export const devices = {
  aldebaran,
  bellatrix,
  capella: {
    name: "Capella CR",
    rows: 1500,
    columns: 1100,
    mmPerPixel: 0.2,
    bits: 14,
    photometric: "MONOCHROME1",
    voi: "LINEAR",
    compression: "jpegLossless",
    bend: 0.25,
    range: [0.05, 0.8],
    noise: 0.006,
    airNoise: 0.002,
    marker: { text: "sideAndView", mmHigh: 8 },
  },
  deneb: {
    name: "Deneb 24",
    rows: 1440,
    columns: 960,
    mmPerPixel: 0.2,
    bits: 12,
    photometric: "MONOCHROME2",
    voi: "LINEAR",
    compression: "none",
    bend: 0,
    range: [0.02, 0.7],
    noise: 0.006,
    airNoise: 0.001,
    marker: { text: "side", mmHigh: 7 },
  },
  aldebaranFull: { ...aldebaran, name: "Aldebaran 12 HD", rows: 3600, columns: 2400, mmPerPixel: 0.0833, noise: 0.012 },
  bellatrixFull: { ...bellatrix, name: "Bellatrix S HD", rows: 3600, columns: 3600, mmPerPixel: 0.0833, photometric: "MONOCHROME1", noise: 0.015 },
} as const satisfies Readonly<Record<string, Device>>;

/** How often each device occurs in a cohort, by weight: the full matrices are rare, as each costs four times the work and space. */
export const defaultDeviceMix = {
  aldebaran: 40,
  bellatrix: 27,
  capella: 18,
  deneb: 12,
  aldebaranFull: 1.5,
  bellatrixFull: 1.5,
} as const satisfies Readonly<Record<keyof typeof devices, number>>;

/** Density in [0, 1] as a device stores it: its curve, its range, its bits, and inverted for MONOCHROME1. */
export function storedValue(device: Device, density: number): number {
  const top = (1 << device.bits) - 1;
  const [low, high] = device.range;
  const d = Math.min(1, Math.max(0, density));
  const value = Math.round(top * (low + (high - low) * (d + device.bend * d * (1 - d))));
  return device.photometric === "MONOCHROME1" ? top - value : value;
}

/** The VOI window of a device in stored values: it shows densities from about 0.02 to 0.98. */
export function voiWindow(device: Device): { readonly center: number; readonly width: number } {
  const low = storedValue(device, 0.02);
  const high = storedValue(device, 0.98);
  // The sigmoid's slope at its center is that of a linear window of the same width; a little narrower, as its ends are flat.
  const width = Math.abs(high - low) * (device.voi === "SIGMOID" ? 0.8 : 1);
  return { center: Math.round((low + high) / 2), width: Math.round(width) };
}
