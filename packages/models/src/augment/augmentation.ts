import type { Random } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { CropOptions } from "../run/crop.ts";
import type { Elastic } from "./elastic.ts";

/** How much a view is changed at most before it is learned from. What is left out stays as it is. */
export interface AugmentationRanges {
  /** Radians: an angle uniform in [−angle, angle]. */
  readonly angle?: number;
  /** In natural logarithms: a scale from exp(−zoom) to exp(zoom), as often larger as smaller. */
  readonly zoom?: number;
  /** A shear uniform in [−shear, shear]. */
  readonly shear?: number;
  /** Probabilities in [0, 1]. */
  readonly flipRows?: number;
  readonly flipColumns?: number;
  /** Pixels of the crop, as `Elastic` says. */
  readonly elastic?: Pick<Elastic, "amplitude" | "spacing">;
  /** In natural logarithms: a gamma from exp(−gamma) to exp(gamma). */
  readonly gamma?: number;
  /** A gain uniform between the two, above 0. */
  readonly gain?: readonly [low: number, high: number];
}

/** Another film's blackening, an intensity augmentation: value -> gain · value^gamma, at most 1. */
export interface IntensityAugmentation {
  /** Above 0; default 1. */
  readonly gamma?: number;
  /** Above 0; default 1. */
  readonly gain?: number;
}

/** One drawn change: where a crop is turned and bent, and what becomes of its intensities. */
export interface Augmentation {
  readonly turn: Pick<CropOptions, "angle" | "scale" | "shear" | "flipRows" | "flipColumns" | "elastic">;
  readonly intensity: IntensityAugmentation;
}

/**
 * One change within the ranges, a pure function of the random numbers: key them by (seed, epoch, index), or by (seed, step, item), and a resumed run sees the same. Ours.
 *
 * @throws RangeError for a range below 0, a probability outside [0, 1], or a gain that is not above 0 and rising.
 * @example
 * const { turn, intensity } = drawAugmentation(keyedRandom(seed, epoch, index), { angle: 0.3, zoom: 0.2, flipRows: 0.5, gamma: 0.2, elastic: { amplitude: 6, spacing: 48 } });
 * const patch = crop(view, { center, rows: 224, columns: 224, ...turn });
 * augmentIntensity(patch.pixels, intensity);
 * const boxes = lesions.map(({ box }) => boxInCrop(box, { center, rows: 224, columns: 224, ...turn }));
 */
export function drawAugmentation(random: Random, ranges: AugmentationRanges): Augmentation {
  requireKnownKeys("drawAugmentation", ranges, {
    angle: true,
    zoom: true,
    shear: true,
    flipRows: true,
    flipColumns: true,
    elastic: true,
    gamma: true,
    gain: true,
  });
  requireRanges(ranges);
  const { angle, zoom, shear, flipRows, flipColumns, elastic, gamma, gain } = ranges;
  const around = (reach: number) => random.between(-reach, reach);
  // What is left out draws nothing: a recipe's numbers do not move when another range becomes possible.
  const turn = {
    ...(angle === undefined ? {} : { angle: around(angle) }),
    ...(zoom === undefined ? {} : { scale: Math.exp(around(zoom)) }),
    ...(shear === undefined ? {} : { shear: around(shear) }),
    ...(flipRows === undefined ? {} : { flipRows: random.chance(flipRows) }),
    ...(flipColumns === undefined ? {} : { flipColumns: random.chance(flipColumns) }),
    ...(elastic === undefined ? {} : { elastic: { ...elastic, seed: random.bits() } }),
  };
  const intensity = {
    ...(gamma === undefined ? {} : { gamma: Math.exp(around(gamma)) }),
    ...(gain === undefined ? {} : { gain: random.between(...gain) }),
  };
  return { turn, intensity };
}

/**
 * Changes the intensities of pixels in [0, 1], in place; 0 stays 0, so that what lies outside the breast does not move. Ours.
 *
 * @throws RangeError for a gamma or gain that is not finite and above 0.
 * @example
 * augmentIntensity(patch.pixels, { gamma: 1.2, gain: 0.9 });
 */
export function augmentIntensity(pixels: Float32Array, { gamma = 1, gain = 1 }: IntensityAugmentation): void {
  for (const [name, value] of Object.entries({ gamma, gain }))
    if (!(value > 0 && value < Infinity)) throw new RangeError(`Expected a finite ${name} above 0, got ${value}.`);
  for (let at = 0; at < pixels.length; at++) if (pixels[at]! > 0) pixels[at] = Math.min(1, gain * pixels[at]! ** gamma);
}

function requireRanges({ angle = 0, zoom = 0, shear = 0, flipRows = 0, flipColumns = 0, gamma = 0, gain = [1, 1] }: AugmentationRanges): void {
  for (const [name, reach] of Object.entries({ angle, zoom, shear, gamma }))
    if (!(reach >= 0 && reach < Infinity)) throw new RangeError(`Expected ${name} to be a finite range of at least 0, got ${reach}.`);
  for (const [name, chance] of Object.entries({ flipRows, flipColumns }))
    if (!(chance >= 0 && chance <= 1)) throw new RangeError(`Expected ${name} to be a probability in [0, 1], got ${chance}.`);
  const [low, high] = gain;
  if (!(low > 0 && high >= low && high < Infinity))
    throw new RangeError(`Expected gain from a number above 0 to one not below it, got ${low} to ${high}.`);
}
