import { type Box, type Grid, keyedRandom, type Random } from "@mammo/mammogram";
import { type AugmentationRanges, augmentIntensity, boxInCrop, type CropOptions, crop, drawAugmentation, type Elastic } from "@mammo/models";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const seed = fc.nat();
const all: AugmentationRanges = {
  angle: 0.6,
  zoom: 0.3,
  shear: 0.2,
  flipRows: 0.5,
  flipColumns: 0.5,
  elastic: { amplitude: 4, spacing: 24 },
  gamma: 0.3,
  gain: [0.8, 1.15],
};

describe("drawAugmentation", () => {
  it("stays in its ranges, and reaches both halves of each", () => {
    const drawn = Array.from({ length: 400 }, (_, index) => drawAugmentation(keyedRandom("ranges", index), all));
    const spread = (values: readonly number[], low: number, high: number) => {
      expect(values.every((value) => value >= low && value <= high)).toBe(true);
      const below = values.filter((value) => value < (low + high) / 2).length;
      expect(Math.min(below, values.length - below)).toBeGreaterThan(150);
    };
    const reach = { angle: 0.6, shear: 0.2 } as const;
    for (const [name, most] of Object.entries(reach)) spread(drawn.map(({ turn }) => turn[name as keyof typeof reach]!), -most, most); // biome-ignore format: one row
    spread(drawn.map(({ turn }) => Math.log(turn.scale!)), -0.3, 0.3); // biome-ignore format: one row
    spread(drawn.map(({ turn }) => Number(turn.flipRows)), 0, 1); // biome-ignore format: one row
    spread(drawn.map(({ turn }) => Number(turn.flipColumns)), 0, 1); // biome-ignore format: one row
    spread(drawn.map(({ intensity }) => Math.log(intensity.gamma!)), -0.3, 0.3); // biome-ignore format: one row
    spread(drawn.map(({ intensity }) => intensity.gain!), 0.8, 1.15); // biome-ignore format: one row
    expect(new Set(drawn.map(({ turn }) => turn.elastic!.seed)).size).toBe(400);
  });

  it("is a function of the key alone, and what is left out neither changes nor moves the rest", () => {
    expect(drawAugmentation(keyedRandom(7, 1, 2), all)).toEqual(drawAugmentation(keyedRandom(7, 1, 2), all));
    expect(drawAugmentation(keyedRandom(7, 1, 2), all)).not.toEqual(drawAugmentation(keyedRandom(7, 1, 3), all));
    expect(drawAugmentation(keyedRandom(7), {})).toEqual({ turn: {}, intensity: {} });
    const { turn } = drawAugmentation(keyedRandom(7), { shear: 0.2 });
    expect(turn).toEqual({ shear: keyedRandom(7).between(-0.2, 0.2) });
  });

  it("has the bits of the patches that trained the first detectors on films", () => {
    const image: Grid = { rows: 60, columns: 50, pixels: Float32Array.from({ length: 3000 }, (_, at) => keyedRandom("film", at).uniform()) };
    const ranges = { angle: Math.PI, zoom: 0.25, shear: 0.2, flipRows: 0.5, flipColumns: 0.5, gamma: 0.3, gain: [0.8, 1.15] } as const;
    for (let trial = 0; trial < 30; trial++) {
      const { turn, intensity } = drawAugmentation(keyedRandom("cut", trial), ranges);
      const { pixels } = crop(image, { center: [30, 25], rows: 24, columns: 24, ...turn });
      augmentIntensity(pixels, intensity);
      expect(pixels).toEqual(cutTurned(keyedRandom("cut", trial), image, 24));
    }
  });

  it.each<[what: string, ranges: AugmentationRanges, message: string]>([
    ["a negative angle", { angle: -0.1 }, "Expected angle to be a finite range of at least 0, got -0.1."],
    ["a zoom without end", { zoom: Infinity }, "Expected zoom to be a finite range of at least 0, got Infinity."],
    ["a shear of NaN", { shear: Number.NaN }, "Expected shear to be a finite range of at least 0, got NaN."],
    ["a negative gamma", { gamma: -1 }, "Expected gamma to be a finite range of at least 0, got -1."],
    ["a flip more often than always", { flipRows: 1.1 }, "Expected flipRows to be a probability in [0, 1], got 1.1."],
    ["a flip less often than never", { flipColumns: -0.5 }, "Expected flipColumns to be a probability in [0, 1], got -0.5."],
    ["a gain of 0", { gain: [0, 1] }, "Expected gain from a number above 0 to one not below it, got 0 to 1."],
    ["a gain that falls", { gain: [1.2, 1] }, "Expected gain from a number above 0 to one not below it, got 1.2 to 1."],
  ])("refuses %s", (_, ranges, message) => {
    expect(() => drawAugmentation(keyedRandom(1), ranges)).toThrow(message);
  });
});

/** The arithmetic of `npm run ddsm` before `drawAugmentation` was public, word for word. */
function cutTurned(random: Random, source: Grid, side: number): Float32Array {
  const { pixels: into } = crop(source, {
    center: [30, 25],
    rows: side,
    columns: side,
    angle: random.between(-Math.PI, Math.PI),
    scale: Math.exp(random.between(-0.25, 0.25)),
    shear: random.between(-0.2, 0.2),
    flipRows: random.chance(0.5),
    flipColumns: random.chance(0.5),
  });
  const gamma = Math.exp(random.between(-0.3, 0.3));
  const gain = random.between(0.8, 1.15);
  for (let at = 0; at < into.length; at++) if (into[at]! > 0) into[at] = Math.min(1, gain * into[at]! ** gamma);
  return into;
}

/** The displacement at a point of a crop, by the definition: at each node a random vector times the cubic B-splines of its distances. */
function displacement({ seed, amplitude, spacing }: Elastic, row: number, column: number): readonly [number, number] {
  const spline = (x: number) => (Math.abs(x) < 1 ? 2 / 3 - x * x + Math.abs(x) ** 3 / 2 : Math.abs(x) < 2 ? (2 - Math.abs(x)) ** 3 / 6 : 0);
  let [down, right] = [0, 0];
  for (let i = 0; i < row / spacing + 4; i++)
    for (let j = 0; j < column / spacing + 4; j++) {
      const random = keyedRandom(seed, "elastic", i, j);
      // Node 0 lies one spacing above and left of the crop.
      const weight = spline(row / spacing - (i - 1)) * spline(column / spacing - (j - 1));
      down += weight * random.between(-amplitude, amplitude);
      right += weight * random.between(-amplitude, amplitude);
    }
  return [down, right];
}

const elastic: fc.Arbitrary<Elastic> = fc.record({
  seed,
  amplitude: fc.double({ min: 0, max: 4.9, noNaN: true }),
  spacing: fc.double({ min: 20, max: 60, noNaN: true }),
});

describe("an elastic crop", () => {
  const ramp = (value: (row: number, column: number) => number): Grid => ({
    rows: 100,
    columns: 100,
    pixels: Float32Array.from({ length: 10_000 }, (_, at) => value(Math.floor(at / 100), at % 100) / 100),
  });
  const [rowsOf, columnsOf] = [ramp((row) => row), ramp((_, column) => column)];
  const place = { center: [50, 50], rows: 60, columns: 40 } as const;

  it("reads each pixel where the B-spline of its nodes says, never farther than the amplitude", () => {
    fc.assert(
      fc.property(elastic, (field) => {
        const options = { ...place, elastic: field };
        const [rows, columns] = [crop(rowsOf, options).pixels, crop(columnsOf, options).pixels];
        for (const [i, j] of [
          [0, 0],
          [59, 39],
          [30, 7],
          [12, 39],
          [44, 21],
        ] as const) {
          const [down, right] = displacement(field, i + 0.5, j + 0.5);
          expect(Math.max(Math.abs(down), Math.abs(right))).toBeLessThanOrEqual(field.amplitude + 1e-9);
          expectClose(100 * rows[i * 40 + j]!, 20 + i + down, { absolute: 1e-4 });
          expectClose(100 * columns[i * 40 + j]!, 30 + j + right, { absolute: 1e-4 });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("of no amplitude is the crop as it was; the same seed bends alike, another not", () => {
    const bent = (seed: number, amplitude: number) => crop(rowsOf, { ...place, elastic: { seed, amplitude, spacing: 20 } }).pixels;
    expect(bent(1, 0)).toEqual(crop(rowsOf, place).pixels);
    expect(bent(1, 3)).toEqual(bent(1, 3));
    expect(bent(1, 3)).not.toEqual(bent(2, 3));
  });

  it.each([
    [5, 20],
    [-1, 20],
    [Number.NaN, 20],
    [0, 0],
  ])("refuses an amplitude of %d with a spacing of %d: the image would fold", (amplitude, spacing) => {
    const message = `Expected an elastic amplitude from 0 to below a quarter of its spacing, got ${amplitude} with a spacing of ${spacing}.`;
    expect(() => crop(rowsOf, { ...place, elastic: { seed: 1, amplitude, spacing } })).toThrow(message);
    expect(() => boxInCrop({ top: 0, left: 0, bottom: 1, right: 1 }, { ...place, elastic: { seed: 1, amplitude, spacing } })).toThrow(message);
  });
});

describe("boxInCrop", () => {
  const places = fc.record({ seed, row: fc.integer({ min: 50, max: 150 }), column: fc.integer({ min: 50, max: 150 }) });
  /** A bright rectangle in the dark, and where the bright pixels of its crop lie. */
  const follow = ({ seed, row, column }: { seed: number; row: number; column: number }, ranges: AugmentationRanges) => {
    const random = keyedRandom(seed, "box");
    const box: Box = {
      top: row - random.whole(6, 20),
      left: column - random.whole(6, 20),
      bottom: row + random.whole(6, 20),
      right: column + random.whole(6, 20),
    };
    const pixels = Float32Array.from({ length: 40_000 }, (_, at) => {
      const [r, c] = [Math.floor(at / 200), at % 200];
      return r >= box.top && r < box.bottom && c >= box.left && c < box.right ? 1 : 0;
    });
    const options: CropOptions = { center: [100, 100], rows: 120, columns: 110, ...drawAugmentation(random, ranges).turn };
    const came = crop({ rows: 200, columns: 200, pixels }, options).pixels;
    const bright = [...came.entries()].filter(([, value]) => value >= 0.5).map(([at]) => [Math.floor(at / 110), at % 110] as const);
    const [rows, columns] = [bright.map(([r]) => r), bright.map(([, c]) => c)];
    const seen = { top: Math.min(...rows), left: Math.min(...columns), bottom: Math.max(...rows) + 1, right: Math.max(...columns) + 1 };
    return { options, box, carried: boxInCrop(box, options, { visible: 0.01 }), seen: bright.length > 0 ? seen : undefined };
  };
  const sides = ["top", "left", "bottom", "right"] as const;

  it("holds what was in the box, wherever it is turned and bent to, and not much more", () => {
    let whole = 0;
    fc.assert(
      fc.property(places, (place) => {
        const { carried, seen } = follow(place, all);
        if (!seen) return; // outside the crop
        const { top, left, bottom, right } = carried!;
        expect([seen.top >= top - 1, seen.left >= left - 1, seen.bottom <= bottom + 1, seen.right <= right + 1]).toEqual([true, true, true, true]);
        if (!(top > 0 && left > 0 && bottom < 120 && right < 110)) return; // the corner that reaches farthest may be cut off
        whole++;
        // A corner thinner than a pixel is not seen.
        for (const side of sides) expectClose(seen[side], carried![side], { absolute: 3 });
      }),
      { numRuns: 300 },
    );
    expect(whole).toBeGreaterThan(50);
  });

  it("is exact where the crop is only scaled and flipped", () => {
    fc.assert(
      fc.property(places, (place) => {
        const { carried, seen } = follow(place, { zoom: 0.3, flipRows: 0.5, flipColumns: 0.5 });
        if (seen && carried) for (const side of sides) expectClose(seen[side], carried[side], { absolute: 1 });
      }),
    );
  });

  it("cuts a box off at the crop's sides, and drops one of which too little is left", () => {
    const options = { center: [50, 50], rows: 40, columns: 40 } as const; // 30 to 70
    const reaching = { top: 40, left: 20, bottom: 50, right: 40 };
    expect(boxInCrop(reaching, options)).toEqual({ top: 10, left: 0, bottom: 20, right: 10 });
    expect(boxInCrop(reaching, options, { visible: 0.51 })).toBeUndefined();
    expect(boxInCrop({ ...reaching, right: 39 }, options)).toBeUndefined();
    expect(boxInCrop({ top: 0, left: 0, bottom: 10, right: 10 }, options, { visible: 1e-9 })).toBeUndefined();
    expect(boxInCrop({ top: 30, left: 30, bottom: 70, right: 70 }, options, { visible: 1 })).toEqual({ top: 0, left: 0, bottom: 40, right: 40 });
  });

  it("refuses a box without extent, a share outside (0, 1] and a scale of 0", () => {
    const [box, options] = [{ top: 0, left: 0, bottom: 10, right: 10 }, { center: [5, 5], rows: 8, columns: 8 }] as const; // biome-ignore format: one row
    expect(() => boxInCrop({ ...box, bottom: 0 }, options)).toThrow("Expected the box with finite top < bottom");
    for (const visible of [0, 1.1, Number.NaN])
      expect(() => boxInCrop(box, options, { visible })).toThrow(`Expected a visible share in (0, 1], got ${visible}.`);
    expect(() => boxInCrop(box, { ...options, scale: 0 })).toThrow("Expected a finite scale above 0, got 0.");
  });
});

describe("augmentIntensity", () => {
  it("is gain · value^gamma, at most 1, 0 where it was 0; the default changes nothing", () => {
    const pixels = Float32Array.from([0, 0.25, 0.5, 1]);
    augmentIntensity(pixels, {});
    expect(Array.from(pixels)).toEqual([0, 0.25, 0.5, 1]);
    augmentIntensity(pixels, { gamma: 2, gain: 2 });
    expect(Array.from(pixels)).toEqual([0, 0.125, 0.5, 1]);
    augmentIntensity(pixels, { gamma: 0.5 });
    expectClose(pixels, Float32Array.from([0, Math.sqrt(0.125), Math.sqrt(0.5), 1]), { absolute: 1e-7 });
  });

  it.each([0, -1, Number.NaN, Infinity])("refuses a gamma or a gain of %d, and changes nothing", (value) => {
    const pixels = Float32Array.of(0, 0.5);
    expect(() => augmentIntensity(pixels, { gamma: value })).toThrow(new RangeError(`Expected a finite gamma above 0, got ${value}.`));
    expect(() => augmentIntensity(pixels, { gain: value })).toThrow(new RangeError(`Expected a finite gain above 0, got ${value}.`));
    expect(Array.from(pixels)).toEqual([0, 0.5]);
  });
});
