import { keyedRandom, type LesionKind, type Random, requireKnownKeys } from "@mammo/mammogram";
import { direction, distance, mixed, offset } from "./vector.ts";
import type { Point3 } from "./view.ts";

/** A soft round body. `edge`: 0 a sharp border, 1 a Gaussian without any border. Lengths mm; contrast as density at its middle. */
export interface Blob {
  readonly center: Point3;
  readonly radius: number;
  /** Ratio of the axes lateral and above to `radius`. */
  readonly flat: readonly [lateral: number, above: number];
  readonly edge: number;
  readonly contrast: number;
}

/** A thin line that narrows toward its far end. Lengths mm. */
export interface Line {
  readonly from: Point3;
  readonly to: Point3;
  readonly mmWide: number;
  readonly contrast: number;
}

/** A grain of calcium: an ellipse in each view. Lengths mm. */
export interface Grain {
  readonly center: Point3;
  readonly radius: number;
  /** Long to short axis. */
  readonly aspect: number;
  readonly turn: number;
  /** 0 solid; up to 1: a ring with a lucent middle. */
  readonly lucent: number;
  readonly contrast: number;
}

/** One lesion in 3-D: what it is made of; center in the breast's frame. */
export interface Lesion {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  readonly center: Point3;
  /** Longest extent, mm. */
  readonly diameter: number;
  readonly blobs: readonly Blob[];
  readonly lines: readonly Line[];
  readonly grains: readonly Grain[];
}

/** What to grow. */
export interface LesionOptions {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  readonly center: Point3;
  /** Size relative to its full growth: below 1 in a prior exam. */
  readonly growth: number;
  /** Contrast relative to the default, which is fair for a small network at 0.25 mm per pixel. */
  readonly conspicuity: number;
  /** Key of the random numbers; the same key gives the same lesion at each growth. */
  readonly seed: readonly (number | string)[];
}

/**
 * Grows a lesion of a kind, benign or malignant, with the differences that textbooks teach (ACR BI-RADS atlas, 5th edition: margins,
 * morphology and distribution of calcifications): [ours] in its numbers.
 */
export function growLesion(options: LesionOptions): Lesion {
  requireKnownKeys("growLesion", options, { kind: true, malignant: true, center: true, growth: true, conspicuity: true, seed: true });
  const random = keyedRandom(...options.seed, "lesion");
  const { kind, malignant, center } = options;
  const parts = { mass, calcification, distortion, asymmetry }[kind](random, options);
  return { kind, malignant, center, ...parts };
}

type Parts = Pick<Lesion, "diameter" | "blobs" | "lines" | "grains">;

function mass(random: Random, { malignant, center, growth, conspicuity }: LesionOptions): Parts {
  const radius = random.between(4.5, 11.5) * growth;
  const flat = [random.between(0.75, 1.15), random.between(0.75, 1.15)] as const;
  if (!malignant) {
    // Smooth, oval, circumscribed, of low density.
    const contrast = random.between(0.09, 0.15) * conspicuity;
    return { diameter: 2 * radius, blobs: [{ center, radius, flat, edge: 0.12, contrast }], lines: [], grains: [] };
  }
  // Irregular: a core with lumps on its surface; spiculated: lines that radiate from it.
  const contrast = random.between(0.25, 0.36) * conspicuity;
  const core: Blob = { center, radius: 0.8 * radius, flat, edge: 0.35, contrast };
  const lumps = Array.from({ length: random.whole(5, 8) }, (): Blob => {
    const out = 0.7 * radius * random.between(0.7, 1.1);
    return {
      center: offset(center, direction(random), out),
      radius: radius * random.between(0.25, 0.45),
      flat: [1, 1],
      edge: 0.4,
      contrast: 0.7 * contrast,
    };
  });
  const lines = rays(random, {
    center,
    count: random.whole(18, 30),
    start: 0.5 * radius,
    reach: () => radius * random.between(1.5, 2.4),
    mmWide: [0.6, 1.1],
    contrast: [0.12 * conspicuity, 0.2 * conspicuity],
  });
  return { diameter: 3.4 * radius, blobs: [core, ...lumps], lines, grains: [] };
}

function calcification(random: Random, { malignant, center, growth, conspicuity }: LesionOptions): Parts {
  if (!malignant) {
    // Few, round, alike, well apart; some with a lucent middle.
    const spread = random.between(6, 10) * Math.sqrt(growth);
    const count = Math.max(2, Math.round(random.whole(4, 7) * growth));
    const grains: Grain[] = [];
    for (let tries = 0; grains.length < count && tries < 200; tries++) {
      const at = offset(center, direction(random), spread * Math.sqrt(random.between(0.05, 1)));
      const radius = random.between(0.45, 0.85);
      const lucent = random.chance(0.3) ? 0.6 : 0;
      const contrast = random.between(0.4, 0.6) * conspicuity;
      if (grains.every((other) => distance(other.center, at) > 4)) grains.push({ center: at, radius, aspect: 1, turn: 0, lucent, contrast });
    }
    return { diameter: 2 * spread, blobs: [], lines: [], grains };
  }
  // Many, pleomorphic, crowded, along a duct; some in fine linear branching chains.
  const spread = random.between(4.5, 8.5) * Math.sqrt(growth);
  const duct = direction(random);
  const count = Math.max(6, Math.round(random.whole(26, 46) * growth));
  const bright = random.between(0.28, 0.55) * conspicuity;
  const grain = (at: Point3, radius: number): Grain => ({
    center: at,
    radius,
    aspect: random.between(1, 2.4),
    turn: random.between(0, Math.PI),
    lucent: 0,
    contrast: bright * random.between(0.7, 1.3),
  });
  const scattered = Array.from({ length: count }, () => {
    const along = offset(center, duct, spread * random.between(-1, 1));
    return grain(offset(along, direction(random), 0.55 * spread * random.between(0, 1)), random.between(0.18, 0.45));
  });
  const chains = Array.from({ length: Math.round(random.whole(2, 5) * growth) }, () => {
    let at = offset(center, direction(random), 0.5 * spread * random.between(0, 1));
    let way = mixed(duct, direction(random), 0.4);
    return Array.from({ length: random.whole(4, 9) }, () => {
      way = mixed(way, direction(random), 0.35);
      at = offset(at, way, 0.6);
      return grain(at, random.between(0.2, 0.32));
    });
  });
  return { diameter: 2 * spread, blobs: [], lines: [], grains: [...scattered, ...chains.flat()] };
}

function distortion(random: Random, { malignant, center, growth, conspicuity }: LesionOptions): Parts {
  // Lines toward one point, and no mass there; a harmless radial scar has fewer and finer ones around a lucent middle.
  const reach = random.between(9, 15) * growth;
  const lines = rays(random, {
    center,
    count: malignant ? random.whole(22, 32) : random.whole(9, 13),
    start: malignant ? 0.6 : 3 * growth,
    reach: () => reach * random.between(0.6, 1.1),
    mmWide: malignant ? [0.6, 1.1] : [0.4, 0.7],
    contrast: malignant ? [0.15 * conspicuity, 0.24 * conspicuity] : [0.06 * conspicuity, 0.1 * conspicuity],
  });
  return { diameter: 2 * reach, blobs: [], lines, grains: [] };
}

function asymmetry(random: Random, { malignant, center, growth, conspicuity }: LesionOptions): Parts {
  // Density without a border; the malignant one is denser and lumpy.
  const radius = random.between(6, 11) * growth;
  const contrast = (malignant ? random.between(0.17, 0.24) : random.between(0.08, 0.13)) * conspicuity;
  const flat = [random.between(0.7, 1.3), random.between(0.7, 1.3)] as const;
  const blobs: Blob[] = [{ center, radius, flat, edge: 1, contrast }];
  if (malignant)
    for (let i = random.whole(3, 5); i > 0; i--)
      blobs.push({
        center: offset(center, direction(random), 0.9 * radius),
        radius: radius * random.between(0.4, 0.6),
        flat: [1, 1],
        edge: 1,
        contrast: 0.5 * contrast,
      });
  return { diameter: 3 * radius, blobs, lines: [], grains: [] };
}

function rays(
  random: Random,
  how: {
    readonly center: Point3;
    readonly count: number;
    readonly start: number;
    readonly reach: () => number;
    readonly mmWide: readonly [number, number];
    readonly contrast: readonly [number, number];
  },
): Line[] {
  return Array.from({ length: how.count }, () => {
    const way = direction(random);
    return {
      from: offset(how.center, way, how.start),
      to: offset(how.center, mixed(way, direction(random), 0.12), how.reach()),
      mmWide: random.between(...how.mmWide),
      contrast: random.between(...how.contrast),
    };
  });
}
