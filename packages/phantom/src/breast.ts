import { keyedRandom, type Laterality, type Random } from "@mammo/mammogram";
import { cos, sin } from "./deterministicMath.ts";
import { type PhantomView, type Point3, type Pose, viewShapes } from "./view.ts";

/** The four BI-RADS density categories, from almost entirely fatty to extremely dense. */
export type Density = "a" | "b" | "c" | "d";

/** A lobe of glandular tissue: a 3-D Gaussian, longer along the ducts. */
export interface Lobe {
  readonly center: Point3;
  /** Deviations, mm: along the ducts and across them. */
  readonly along: number;
  readonly across: number;
  readonly weight: number;
}

/** A duct, vessel or ligament: a bent line in 3-D from one end over a control point to the other. */
export interface Strand {
  readonly ends: readonly [Point3, Point3, Point3];
  readonly mmWide: number;
  readonly contrast: number;
}

/** A lone harmless calcification. */
export interface Speck {
  readonly center: Point3;
  /** Radius, mm. */
  readonly radius: number;
  readonly contrast: number;
}

/** One breast as grown, before any compression; lengths mm. */
export interface Breast {
  readonly laterality: Laterality;
  readonly density: Density;
  /** Nipple to chest wall. */
  readonly depth: number;
  /** Half width at the chest wall. */
  readonly halfWidth: number;
  /** Compressed thickness. */
  readonly thickness: number;
  readonly pectoralWidth: number;
  readonly pectoralSeenInCC: boolean;
  readonly lobes: readonly Lobe[];
  readonly strands: readonly Strand[];
  readonly specks: readonly Speck[];
}

/**
 * The breast of a woman: both sides share size, density and the plan of the lobes, and differ in detail, as real ones do.
 *
 * @example const left = growBreast({ seed: 7, woman: 12, laterality: "L" });
 */
export function growBreast(of: { readonly seed: number; readonly woman: number; readonly laterality: Laterality }): Breast {
  const both = keyedRandom(of.seed, of.woman, "both breasts");
  const own = keyedRandom(of.seed, of.woman, of.laterality, "breast");
  const depth = both.between(70, 115);
  const halfWidth = depth * both.between(0.72, 0.92);
  const thickness = 28 + 0.3 * depth + both.between(-8, 8);
  const density = both.weighted({ a: 12, b: 40, c: 38, d: 10 });
  const count = { a: 16, b: 28, c: 40, d: 54 }[density];
  const lobes: Lobe[] = [];
  for (let i = 0; i < count; i++) {
    const behind = both.between(6, 0.72 * depth);
    const spread = 0.12 * halfWidth + 0.42 * behind;
    const jitter = () => 0.12 * spread * own.normal();
    const center: Point3 = [
      behind + 3 * own.normal(),
      spread * 0.6 * both.normal() + 0.06 * halfWidth + jitter(),
      spread * 0.6 * both.normal() + jitter(),
    ];
    lobes.push({ center, along: both.between(5, 12), across: both.between(3.5, 8), weight: both.between(0.5, 1) * own.between(0.75, 1.25) });
  }
  const scale = own.between(0.98, 1.02);
  return {
    laterality: of.laterality,
    density,
    depth: depth * scale,
    halfWidth: halfWidth * own.between(0.98, 1.02),
    thickness: thickness + own.between(-2, 2),
    pectoralWidth: both.between(32, 55),
    pectoralSeenInCC: own.chance(0.3),
    lobes,
    strands: growStrands(own, { depth, halfWidth }),
    specks: growSpecks(own, { depth, halfWidth }),
  };
}

function growStrands(random: Random, { depth, halfWidth }: { readonly depth: number; readonly halfWidth: number }): Strand[] {
  return Array.from({ length: random.whole(40, 65) }, () => {
    const turn = random.between(0, 2 * Math.PI);
    const outward = random.between(0.05, 0.75) * halfWidth;
    const start = random.between(3, 0.5 * depth);
    const end = start + random.between(18, 55);
    const bend = 8 * random.normal();
    const at = (behind: number, far: number, aside: number): Point3 => [
      behind,
      far * cos(turn) - aside * sin(turn),
      far * sin(turn) + aside * cos(turn),
    ];
    const near = outward * (start / end);
    return {
      ends: [at(start, near, 0), at((start + end) / 2, (near + outward) / 2, bend), at(end, outward, 2 * random.normal())],
      mmWide: random.between(0.6, 1.7),
      contrast: random.between(0.012, 0.042),
    };
  });
}

/** Lone round calcifications in most breasts, with cancer or without: a single bright dot must not mean cancer. */
function growSpecks(random: Random, { depth, halfWidth }: { readonly depth: number; readonly halfWidth: number }): Speck[] {
  const count = random.chance(0.85) ? random.whole(1, 3) : 0;
  return Array.from({ length: count }, () => ({
    center: [random.between(0.15, 0.8) * depth, 0.25 * halfWidth * random.normal(), 0.25 * halfWidth * random.normal()],
    radius: random.between(0.4, 1),
    contrast: random.between(0.6, 0.9),
  }));
}

/**
 * How a breast is laid on a detector for one image: a little different each time.
 *
 * @param on.mmHigh - height of the detector
 */
export function poseBreast(breast: Breast, on: { readonly view: PhantomView; readonly mmHigh: number; readonly random: Random }): Pose {
  const { view, mmHigh, random } = on;
  const shape = viewShapes[view];
  const jitter = (deviation: number) => 1 + deviation * random.normal();
  const stretch = [jitter(0.02), jitter(0.02)] as const;
  const fromTheSide = shape.degrees > 20;
  // A small breast lies higher.
  const nippleBelowTop = mmHigh * (shape.nippleHeight + 0.01 * random.normal() + (fromTheSide ? 0.0015 * (breast.halfWidth - 80) : 0));
  const wide = breast.pectoralWidth * jitter(0.08) * (view === "MLO" ? 1 : 0.55);
  const reach = nippleBelowTop * random.between(0.75, 1.1);
  const strip = breast.pectoralSeenInCC && view === "CC" ? random.between(4, 9) : 0;
  const up = breast.halfWidth * shape.up * stretch[0];
  return {
    angle: ((shape.degrees + (fromTheSide ? 2 : 1) * random.normal()) / 180) * Math.PI,
    depth: breast.depth * shape.depth * stretch[1],
    // From the side there is no upper end of the breast in the image.
    up: fromTheSide ? Math.max(up, 1.14 * nippleBelowTop) : up,
    down: breast.halfWidth * shape.down * stretch[0],
    axilla: fromTheSide,
    thickness: breast.thickness * (fromTheSide ? 1.04 : 1) * jitter(0.02),
    nippleBelowTop,
    stretch,
    pectoral: fromTheSide ? { width: wide, length: reach } : { width: strip, length: 0 },
  };
}
