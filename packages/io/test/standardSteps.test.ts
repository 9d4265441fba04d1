// The steps of standardization one by one, by hand or against a slow twin: averages, boxes, sides, edges of film, nipple, muscle, percentiles.
import { fromSourcePoint, type Grid, keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { assert, double, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { areaAverage } from "../src/image/standardize/areaAverage.ts";
import type { Binary } from "../src/image/standardize/binary.ts";
import { breastMask } from "../src/image/standardize/breastMask.ts";
import { chestWallSide, maskBox } from "../src/image/standardize/chestWall.ts";
import { cutFilmEdge } from "../src/image/standardize/cutFilmEdge.ts";
import { cutOverhang } from "../src/image/standardize/cutOverhang.ts";
import { findNipple } from "../src/image/standardize/nipple.ts";
import { findPectoral } from "../src/image/standardize/pectoral.ts";
import { pectoralEdges } from "../src/image/standardize/pectoralEdges.ts";
import { pectoralLine } from "../src/image/standardize/pectoralLine.ts";
import { pectoralMask } from "../src/image/standardize/pectoralMask.ts";
import { pectoralPath } from "../src/image/standardize/pectoralPath.ts";
import { stretchByPercentiles } from "../src/image/standardize/percentiles.ts";
import { standardize } from "../src/image/standardize/standardize.ts";
import type { SourceView } from "../src/index.ts";

const binary = (rows: number, columns: number, inside: (row: number, column: number) => boolean): Binary => ({
  pixels: Uint8Array.from({ length: rows * columns }, (_, at) => (inside(Math.floor(at / columns), at % columns) ? 1 : 0)),
  rows,
  columns,
});
const lines = ({ pixels, rows, columns }: Binary) =>
  Array.from({ length: rows }, (_, row) => pixels.subarray(row * columns, (row + 1) * columns).join(""));

describe("areaAverage", () => {
  it("is the mean over each block, pixel by covered part (slow twin)", () => {
    const scales = record({
      rows: integer({ min: 1, max: 9 }),
      columns: integer({ min: 1, max: 9 }),
      down: double({ min: 0.3, max: 4, noNaN: true }),
      across: double({ min: 0.3, max: 4, noNaN: true }),
    });
    assert(
      property(scales, ({ rows, columns, down, across }) => {
        const random = keyedRandom(rows, columns, "stored");
        const storedValues = Uint16Array.from({ length: rows * columns }, () => random.below(50));
        const lut = Float32Array.from({ length: 65536 }, (_, value) => value / 50);
        const grid = areaAverage({ storedValues, rows, columns, lut }, [down, across]);
        expect([grid.rows, grid.columns]).toEqual([Math.max(1, Math.ceil(rows / down - 1e-9)), Math.max(1, Math.ceil(columns / across - 1e-9))]);
        grid.pixels.forEach((value, at) => {
          const [top, left] = [Math.floor(at / grid.columns) * down, (at % grid.columns) * across];
          const [bottom, right] = [Math.min(top + down, rows), Math.min(left + across, columns)];
          let sum = 0;
          for (let row = 0; row < rows; row++)
            for (let column = 0; column < columns; column++) {
              const high = Math.max(0, Math.min(bottom, row + 1) - Math.max(top, row));
              const wide = Math.max(0, Math.min(right, column + 1) - Math.max(left, column));
              sum += high * wide * lut[storedValues[row * columns + column]!]!;
            }
          expectClose(value, sum / ((bottom - top) * (right - left)), { absolute: 1e-4 });
        });
      }),
      { numRuns: 150 },
    );
  });

  it("signed values index the table by their bits, of 8 and of 16", () => {
    const lut = new Float32Array(65536);
    lut[0xfffe] = 0.5;
    expect([...areaAverage({ storedValues: Int16Array.of(-2, 0), rows: 1, columns: 2, lut }, [1, 1]).pixels]).toEqual([0.5, 0]);
    const small = new Float32Array(256);
    small[0xfe] = 0.25;
    expect([...areaAverage({ storedValues: Uint8Array.of(0xfe, 0), rows: 1, columns: 2, lut: small }, [1, 1]).pixels]).toEqual([0.25, 0]);
  });
});

describe("maskBox and chestWallSide", () => {
  it("the box is tight", () => {
    expect(maskBox(binary(6, 8, (row, column) => (row === 2 && column === 5) || (row === 4 && column === 3)))).toEqual({
      top: 2,
      left: 3,
      bottom: 5,
      right: 6,
    });
    expect(maskBox(binary(3, 3, () => true))).toEqual({ top: 0, left: 0, bottom: 3, right: 3 });
    expect(maskBox(binary(3, 3, () => false))).toBeUndefined();
  });

  it("the wall is where the outer sixth is taller, by that part", () => {
    // 12 columns, of which the outer two are 10 and 6 rows tall.
    const shape = (row: number, column: number) => row < (column < 2 ? 10 : column < 10 ? 8 : 6);
    const left = binary(12, 12, shape);
    expect(chestWallSide(left, maskBox(left)!)).toEqual({ side: "left", evidence: (20 - 12) / 20 });
    const right = binary(12, 12, (row, column) => shape(row, 11 - column));
    expect(chestWallSide(right, maskBox(right)!)).toEqual({ side: "right", evidence: 0.4 });
    const even = binary(4, 6, () => true);
    expect(chestWallSide(even, maskBox(even)!)).toEqual({ side: "left", evidence: 0 });
    // A sixth of 9 columns is two, of 2 one.
    const nine = binary(3, 9, (row, column) => row < [3, 2, 2, 2, 2, 2, 2, 1, 1][column]!);
    expect(chestWallSide(nine, maskBox(nine)!).evidence).toBeCloseTo((5 - 2) / 5, 12);
    const two = binary(4, 2, (row, column) => column === 0 || row < 1);
    expect(chestWallSide(two, maskBox(two)!)).toEqual({ side: "left", evidence: 0.75 });
  });
});

describe("cutOverhang", () => {
  it("upward from a quarter of the height the outline opens by one pixel a row at most", () => {
    const mask = binary(8, 12, (row, column) => column < (row < 2 ? 9 : 3));
    expect(lines(cutOverhang(mask))).toEqual([
      "111110000000",
      "111100000000",
      ...Array(6).fill("111000000000"), // biome-ignore format: a picture
    ]);
    const mirrored = binary(8, 12, (row, column) => 11 - column < (row < 2 ? 9 : 3));
    expect(lines(cutOverhang(mirrored))).toEqual(lines(cutOverhang(mask)).map((line) => [...line].reverse().join("")));
    expect(cutOverhang(binary(2, 2, () => false)).pixels).toEqual(new Uint8Array(4));
    // What opens slowly stays.
    const slow = binary(8, 12, (row, column) => column < 10 - row);
    expect(lines(cutOverhang(slow))).toEqual(lines(slow));
  });
});

describe("cutFilmEdge", () => {
  const [rows, columns, mm] = [80, 60, 0.5];
  const mask = binary(rows, columns, (_, column) => column < 50);
  const film = (edge: number, levels: readonly [above: number, below: number], share = 1) => ({
    levels: Uint16Array.from({ length: rows * columns }, (_, at) => levels[Math.floor(at / columns) < edge && at % columns < share * 50 ? 0 : 1]),
    columns,
  });
  const cutRows = (mask: Binary, image: ReturnType<typeof film>, pitch = mm) => {
    const left = cutFilmEdge(mask, image, pitch).pixels;
    const first = left.indexOf(1);
    return first < 0 ? rows : Math.floor(first / columns);
  };

  it("cuts two rows beyond a step of 15 levels, bright or dark, over three quarters of the breast", () => {
    expect(cutRows(mask, film(20, [200, 185]))).toBe(22);
    expect(cutRows(mask, film(20, [185, 200]))).toBe(22);
    expect(cutRows(mask, film(20, [200, 186]))).toBe(0);
    expect(cutRows(mask, film(20, [200, 100], 0.76))).toBe(22);
    expect(cutRows(mask, film(20, [200, 100], 0.74))).toBe(0);
  });

  it("down to 20 mm, where the mask begins within 3 mm of the top and the breast is 20 mm wide", () => {
    expect(cutRows(mask, film(39, [200, 100]))).toBe(41);
    expect(cutRows(mask, film(42, [200, 100]))).toBe(0);
    const from = (top: number, width = 50) => binary(rows, columns, (row, column) => row >= top && column < width);
    expect(cutRows(from(6), film(20, [200, 100]))).toBe(22);
    expect(cutRows(from(7), film(20, [200, 100]))).toBe(7);
    expect(cutRows(from(0, 40), film(20, [200, 100]))).toBe(22);
    expect(cutRows(from(0, 39), film(20, [200, 100]))).toBe(0);
    expect(
      cutFilmEdge(
        binary(rows, columns, () => false),
        film(20, [200, 100]),
        mm,
      ).pixels.includes(1),
    ).toBe(false);
  });
});

describe("stretchByPercentiles", () => {
  it("makes the 0.5th percentile of the mask 0 and the 99.9th 1, and leaves the rest", () => {
    const pixels = Float32Array.from({ length: 4000 }, (_, at) => (at < 2000 ? 0.2 + (0.4 * at) / 2000 : 0.9));
    const mask = Uint8Array.from({ length: 4000 }, (_, at) => (at < 2000 ? 1 : 0));
    stretchByPercentiles(pixels, mask);
    // 0.2 + 0.4 · 0.005 and 0.2 + 0.4 · 0.999, to one part in 4096.
    const [low, high] = [0.202, 0.5996];
    for (const at of [100, 700, 1500]) expectClose(pixels[at]!, (0.2 + (0.4 * at) / 2000 - low) / (high - low), { absolute: 1e-3 });
    expect([pixels[0], pixels[1999], pixels[3000]]).toEqual([0, 1, Math.fround(0.9)]);
    const flat = new Float32Array(10).fill(0.5);
    stretchByPercentiles(flat, new Uint8Array(10).fill(1));
    expect([...flat]).toEqual(new Array(10).fill(0));
  });
});

describe("findNipple", () => {
  const mmPerPixel = 0.5;
  const [rows, columns] = [300, 240];
  /** A half disc of 60 mm about row 150, with a nipple of so many mm, 6 mm wide, at a row. */
  const breast = (bump: number, at = 150) =>
    binary(rows, columns, (row, column) => {
      const round = Math.sqrt(Math.max(0, 120 ** 2 - (row + 0.5 - 150) ** 2));
      return column < round + (Math.abs(row + 0.5 - at) < 6 ? bump / mmPerPixel : 0) && Math.abs(row - 150) < 120;
    });
  const found = (mask: Binary) => findNipple(mask, maskBox(mask)!, mmPerPixel);

  it("is what stands out, above or below the farthest point", () => {
    for (const at of [150, 110, 190]) {
      const { point, confidence } = found(breast(4, at));
      expect(Math.abs(point[0] - at)).toBeLessThan(7);
      const round = Math.sqrt(120 ** 2 - (point[0] - 150) ** 2);
      expect(Math.abs(point[1] - round - 8)).toBeLessThan(1.01);
      expect(confidence).toBeGreaterThan(0.9);
    }
  });

  it("is as sure as it stands out: 3 mm are 1, under 1 mm the farthest point with at most 0.3", () => {
    const confidences = [4, 3, 2.5, 2, 0].map((bump) => found(breast(bump)).confidence);
    expect(confidences[0]).toBe(1);
    for (let i = 1; i < confidences.length; i++) expect(confidences[i]!).toBeLessThanOrEqual(confidences[i - 1]!);
    expect(confidences[3]!).toBeGreaterThan(0.3);
    // Nothing stands out: the outline recedes by 60 - sqrt(60² - 20²) = 3.4 mm of 10, a third of 0.3.
    expectClose(confidences[4]!, (0.3 * (60 - Math.sqrt(60 ** 2 - 20 ** 2))) / 10, { absolute: 0.02 });
    expect(found(breast(0)).point[0]).toBeCloseTo(150, -1);
    expect(found(breast(0)).point[1]).toBe(120);
    // A straight outline recedes nowhere.
    expect(found(binary(200, 100, (_, column) => column < 80))).toMatchObject({ confidence: 0 });
  });

  it("stands out by the mean of 3 mm over that of 7 to 11 mm above and below, on a slope by less (by hand)", () => {
    const alone = (reach: (row: number) => number) => {
      const mask = binary(200, 260, (row, column) => column < reach(row));
      return findNipple(mask, maskBox(mask)!, 1);
    };
    const bump = (at: number, mm: number) => (row: number) => (Math.abs(row - at) <= 1 ? mm : 0);
    for (const [mm, at] of [[1, 130], [2, 100]] as const) // biome-ignore format: one row
      expect(alone((row) => 50 + bump(at, mm)(row))).toEqual({ point: [at + 0.5, 50 + mm], confidence: mm / 3 });
    // Rows of 2 mm at both sides count where they lie 7 to 11 mm away: a fifth of them each.
    for (const [away, less] of [[6, 0], [7, 0.4], [11, 0.4], [12, 0]] as const) // biome-ignore format: one row
      expectClose(alone((row) => 50 + bump(100, 2)(row) + (Math.abs(row - 100) === away ? 2 : 0)).confidence, (2 - less) / 3, { absolute: 1e-12 });
    // At 45 degrees 6 mm are 6 / 2^1.5.
    const { point, confidence } = alone((row) => 30 + row + bump(180, 6)(row));
    expect(point).toEqual([180.5, 216]);
    expectClose(confidence, 6 / 2 ** 1.5 / 3, { absolute: 1e-12 });
  });

  it("is not looked for at the ends, nor far behind the farthest point", () => {
    expect(Math.abs(found(breast(4, 60)).point[0] - 60)).toBeGreaterThan(20);
    const { point } = found(binary(rows, columns, (row, column) => column < (row < 30 ? 150 : 100 - Math.abs(row - 150) / 4)));
    expect(point[0]).toBeGreaterThan(40);
  });
});

describe("findPectoral", () => {
  const [rows, columns, mmPerPixel] = [200, 140, 1];
  const breast = { top: 0, left: 0, bottom: rows, right: columns };
  /** A muscle with a straight border from (0, width) to (length, 0), brighter by so much. */
  const drawn = (width: number, length: number, contrast = 0.3): Grid => ({
    pixels: Float32Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns) + 0.5, (at % columns) + 0.5];
      return 0.4 + (column < width * (1 - row / length) ? contrast : 0) + 0.02 * (((at * 7919) % 13) / 13);
    }),
    rows,
    columns,
  });

  it.each([[40, 120], [60, 90], [30, 150], [25, 60]] as const)("a drawn muscle of %i x %i: border points within a cell, line to a step", (width, length) => {
    const found = findPectoral({ ...drawn(width, length), breast, mmPerPixel })!;
    expect(found.confidence).toBeGreaterThan(0.9);
    const off = found.border.slice(1, -1).filter(([row]) => row > 4 && row < length - 8).map(([row, column]) => column - width * (1 - row / length));
    expect(off.length).toBeGreaterThan(length / 2);
    const mean = off.reduce((sum, one) => sum + one, 0) / off.length;
    expect(Math.abs(mean)).toBeLessThan(0.5);
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(1.5);
    expect(Math.abs(found.line[0][1] - width)).toBeLessThan(3);
    expect(Math.abs(found.line[1][0] - length)).toBeLessThan(6);
    // Its ends go on from its first and last row as the line does.
    const slope = found.line[0][1] / found.line[1][0];
    const [[, first], [lastRow, lastColumn]] = [found.border[1]!, found.border.at(-2)!];
    expectClose(found.border[0]!, [0, first + slope / 2], { absolute: 1e-9 });
    expectClose(found.border.at(-1)!, [lastRow + Math.max(lastColumn, slope / 2) / slope, 0], { absolute: 1e-9 });
    const area = pectoralMask(found, { rows, columns }).reduce((sum, one) => sum + one, 0);
    expect(area / ((width * length) / 2)).toBeGreaterThan(0.95);
    expect(area / ((width * length) / 2)).toBeLessThan(1.06);
  }); // biome-ignore format: muscles

  it("lies in the breast's own rows and in pixels, whatever the pitch", () => {
    const fine = { rows: 2 * rows + 60, columns: 2 * columns };
    const small = drawn(40, 120);
    const pixels = Float32Array.from({ length: fine.rows * fine.columns }, (_, at) => {
      const [row, column] = [Math.floor(at / fine.columns) - 60, at % fine.columns];
      return row < 0 ? 0 : small.pixels[Math.floor(row / 2) * columns + Math.floor(column / 2)]!;
    });
    const found = findPectoral({ pixels, ...fine, breast: { top: 60, left: 0, bottom: fine.rows, right: fine.columns }, mmPerPixel: 0.5 })!;
    const coarse = findPectoral({ ...small, breast, mmPerPixel })!;
    expectClose(
      found.border.flat(),
      coarse.border.flatMap(([row, column]) => [60 + 2 * row, 2 * column]),
      { absolute: 1e-9 },
    );
    expectClose(found.confidence, coarse.confidence, { absolute: 1e-6 });
  });

  it("is less sure of a faint muscle, and of a dark one not at all", () => {
    const confidence = (contrast: number) => findPectoral({ ...drawn(40, 120, contrast), breast, mmPerPixel })?.confidence ?? 0;
    expect(confidence(0.3)).toBeGreaterThan(0.9);
    expect(confidence(-0.2)).toBeLessThan(0.2);
  });

  it("sees an edge from 0.15 on, follows a border of which half is seen, and is sure from a quarter of the breast's spread on", () => {
    const of = (brightness: (row: number, isMuscle: boolean) => number) => {
      const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
        const row = Math.floor(at / columns);
        return brightness(row, (at % columns) + 0.5 < 40 * (1 - (row + 0.5) / 120));
      });
      return findPectoral({ pixels, rows, columns, breast, mmPerPixel })!;
    };
    // Brighter by a ramp toward the top, whose spread is 0.9 of it, and there a full edge is 0.4 of that.
    const [seen, unseen] = [0.18, 0.13].map((strength) => of((row, isMuscle) => 0.8 - 0.5 * (row / rows) + (isMuscle ? strength * 0.4 * 0.45 : 0)));
    expect([seen!.confidence > 0.8, seen!.border.length > 2, unseen!.confidence, unseen!.border]).toEqual([true, true, 0, unseen!.line]);
    // Of 120 rows so many have the edge.
    const followed = [72, 36].map((edge) => of((row, isMuscle) => (row >= 188 ? 0.1 : isMuscle && row < edge ? 0.7 : 0.4)).border.length > 2);
    expect(followed).toEqual([true, false]);
    // Muscle 0.43 on 0.4 of 28,000 pixels, of which it has 2400 and a dark strip below the breast 1680: the spread is 0.33.
    const outside = (23_920 * 0.4 + 1680 * 0.1) / 25_600;
    expectClose(of((row, isMuscle) => (row >= 188 ? 0.1 : isMuscle ? 0.43 : 0.4)).confidence, (0.43 - outside) / 0.33 / 0.25, { absolute: 0.03 });
  });

  /** Edges as told, by cell. */
  const edgesOf = (rows: number, columns: number, mm: number, strength: (row: number, column: number) => number) => ({
    ...{ rows, columns, mm, factor: 1, spread: 1, brightness: new Float32Array(rows * columns) },
    strength: Float32Array.from({ length: rows * columns }, (_, at) => strength(Math.floor(at / columns), at % columns)),
  });
  /** The cell at which a line crosses the middle of a row. */
  const crossing = (width: number, length: number, row: number) => Math.round(width * (1 - (row + 0.5) / length));

  it.each<[string, mm: number, size: readonly [number, number], width: number, length: number, isFound: boolean]>([
    ["8 mm wide", 4, [60, 60], 2, 9, true],
    ["4 mm wide", 4, [60, 60], 1, 8, false],
    ["128 mm wide", 2.62, [80, 70], 49, 60, true],
    ["131 mm wide", 2.62, [80, 70], 50, 60, false],
    ["25 mm long", 5, [40, 40], 4, 5, true],
    ["20 mm long", 5, [40, 40], 3, 4, false],
    ["228 mm long", 3, [100, 60], 21, 76, true],
    ["231 mm long", 3, [100, 60], 22, 77, false],
    ["0.95 of the breast long", 4, [40, 60], 11, 38, true],
    ["longer than that", 4, [40, 60], 10, 39, false],
    ["as wide as the breast", 4, [60, 20], 19, 30, true],
    ["0.8 steep", 4, [60, 60], 10, 8, true],
    ["less steep", 4, [60, 60], 11, 8, false],
    ["8 steep", 4, [60, 60], 4, 32, true],
    ["steeper", 4, [60, 60], 4, 33, false],
  ])("a line %s", (_name, mm, [rows, columns], width, length, isFound) => {
    const found = pectoralLine(edgesOf(rows, columns, mm, (row, column) => (row < length && column === crossing(width, length, row) ? 1 : 0)));
    expect(found?.width === width && found.length === length).toBe(isFound);
  });

  it("a line has more than 0.1 of edge strength a row", () => {
    const line = (strength: number) =>
      pectoralLine(edgesOf(60, 60, 4, (row, column) => (row < 30 && column === crossing(11, 30, row) ? strength : 0)));
    expect([line(0.11), line(0.09)]).toEqual([{ width: 11, length: 30 }, undefined]);
  });

  it("the path is the line where no edge is, and follows one within 12 mm of it to where the line ends (by hand)", () => {
    const path = (width: number, strength: (row: number, beside: number) => number) => [
      ...pectoralPath(
        edgesOf(60, 100, 1, (row, column) => strength(row, column - (width - row))),
        { width, length: width },
      ),
    ];
    const lineOf = (width: number, beside = 0) => Array.from({ length: width }, (_, row) => Math.max(0, width - row + beside));
    // At 45 degrees the rows' middles are halves of a cell, and are rounded up.
    expect(path(8, () => 0)).toEqual(lineOf(8));
    const edge = (at: number) => (_: number, beside: number) => (beside === at ? 1 : 0);
    expect(path(16, edge(-2))).toEqual(lineOf(16, -2));
    // Outside of the line too, but for the end.
    expect(path(16, edge(2))).toEqual([...lineOf(16, 2).slice(0, -1), 1]);
    expect([path(32, edge(-12)), path(32, edge(-13))]).toEqual([lineOf(32, -12), lineOf(32)]);
    // In cells of 2 mm the same band has six to each side.
    const coarse = (beside: number) =>
      pectoralPath(
        edgesOf(60, 100, 2, (row, column) => (column - (32 - row) === beside ? 1 : 0)),
        { width: 32, length: 32 },
      )[0];
    expect([coarse(-6), coarse(-7)]).toEqual([lineOf(32, -6)[0], lineOf(32)[0]]);
    // There and back by one cell costs 0.4.
    const detour = (gain: number) => path(16, (row, beside) => (row === 9 ? (beside === 1 ? gain : 0) : beside === 0 ? 1 : 0))[9]! - lineOf(16)[9]!;
    expect([detour(0.45), detour(0.35)]).toEqual([1, 0]);
  });

  it("takes no line flatter than 0.8, steeper than 8, narrower than 8 mm or shorter than 25 mm", () => {
    const line = (width: number, length: number) => pectoralLine(pectoralEdges({ ...drawn(width, length), breast, mmPerPixel }));
    for (const [width, length] of [
      [40, 120],
      [100, 40],
      [10, 190],
      [5, 60],
      [30, 15],
    ] as const) {
      // biome-ignore format: one row
      const found = line(width, length);
      if (found === undefined) continue;
      expect(found.length / found.width).toBeGreaterThanOrEqual(0.8);
      expect(found.length / found.width).toBeLessThanOrEqual(8);
      expect(found.width >= 1 && found.length <= rows - 1).toBe(true);
    }
    const { width, length } = line(40, 120)!;
    expect([Math.abs(width - 40) <= 2, Math.abs(length - 120) <= 4]).toEqual([true, true]);
  });

  it("edges are steps in parts of the breast's spread, positive where the wall's side is brighter (by hand)", () => {
    const step = (at: number, [inner, outer]: readonly [number, number]) =>
      pectoralEdges({
        ...{ rows: 20, columns: 40, breast: { top: 0, left: 0, bottom: 20, right: 40 }, mmPerPixel: 1 },
        pixels: Float32Array.from({ length: 800 }, (_, i) => (i % 40 < at ? inner : outer)),
      });
    const bright = step(20, [0.6, 0.5]);
    expectClose([bright.spread, bright.factor, bright.mm, bright.rows, bright.columns], [0.1, 1, 1, 20, 40], { absolute: 1e-6 });
    // Three cells to each side: the whole step at its place is 1 / 0.4, cut to 1; a third of it is beside it by two.
    expectClose(
      [17, 18, 19, 20, 21, 22, 23].map((x) => bright.strength[10 * 40 + x]!),
      [0, 1 / 1.2, 1, 1, 1, 1 / 1.2, 0],
      { absolute: 1e-5 },
    );
    expectClose(step(20, [0.5, 0.6]).strength[10 * 40 + 20]!, -1, { absolute: 1e-6 });
    expectClose([bright.brightness[0]!, bright.brightness[39]!], [0.6, 0.5], { absolute: 1e-6 });
    // Two rows above and below count too: of five rows so many have the step, of 0.1 in a spread of 0.5.
    const upper = (mmPerPixel: number) => {
      const { strength } = pectoralEdges({
        ...{ rows: 20, columns: 40, breast: { top: 0, left: 0, bottom: 20, right: 40 }, mmPerPixel },
        pixels: Float32Array.from({ length: 800 }, (_, i) => (i % 40 >= 35 ? 1 : i % 40 < 20 && i < 400 ? 0.6 : 0.5)),
      });
      return [0, 7, 8, 9, 10, 11, 12].map((row) => strength[row * 40 + 20]!);
    };
    const shares = (rows: number, counts: readonly number[]) => counts.map((count) => (count / rows) * (0.1 / (0.4 * 0.5)));
    expectClose(upper(1), shares(5, [5, 5, 4, 3, 2, 1, 0]), { absolute: 1e-5 });
    // Rows of 2 mm: one above and one below.
    expectClose(upper(2), shares(3, [3, 3, 3, 2, 1, 0, 0]), { absolute: 1e-5 });
    // Of the three cells to each side two are breast, then one; bright rows below make the spread 0.4.
    const within = (left: number, right: number) =>
      pectoralEdges({
        ...{ rows: 20, columns: 40, breast: { top: 0, left: 0, bottom: 20, right: 40 }, mmPerPixel: 1 },
        pixels: Float32Array.from({ length: 800 }, (_, i) => (i % 40 < left || i % 40 >= right ? 0 : i >= 600 ? 0.9 : i % 40 < 20 ? 0.6 : 0.5)),
      }).strength[10 * 40 + 20]!;
    expectClose([within(18, 40), within(19, 40), within(0, 22), within(0, 21)], [0.625, 0, 0.625, 0], { absolute: 1e-4 });
    // No edge at the wall itself, nor where the outer side is not all breast.
    expect([bright.strength[10 * 40], bright.strength[10 * 40 + 39]]).toEqual([0, 0]);
  });
});

describe("pectoralMask", () => {
  it("is 1 where a pixel's center lies inside of the border", () => {
    const border = [[1, 4], [3, 2], [5, 0]] as const; // biome-ignore format: a line
    expect(
      lines({ pixels: pectoralMask({ border, line: [border[0], border[2]], confidence: 1 }, { rows: 6, columns: 5 }), rows: 6, columns: 5 }),
    ).toEqual([
      "00000",
      "11110",
      "11100",
      "11000",
      "10000",
      "00000", // biome-ignore format: a picture
    ]);
  });
});

it("pectoralMask ends where the border ends, also above the picture's last row", () => {
  const border = [[1, 4], [3, 2]] as const; // biome-ignore format: a line
  const mask = pectoralMask({ border, line: [border[0], border[1]], confidence: 1 }, { rows: 6, columns: 5 });
  expect(lines({ pixels: mask, rows: 6, columns: 5 })).toEqual(["00000", "11110", "11100", "00000", "00000", "00000"]);
});

describe("breastMask", () => {
  it("of the mirrored picture is the mirrored mask", () => {
    const [rows, columns] = [240, 180];
    const grid = (mirror: boolean): Grid => ({
      pixels: Float32Array.from({ length: rows * columns }, (_, at) => {
        const [row, column] = [Math.floor(at / columns), mirror ? columns - 1 - (at % columns) : at % columns];
        const inside = ((row - 120) / 100) ** 2 + (column / 110) ** 2 < 1;
        return (inside ? 0.45 + 0.1 * Math.sin(row / 9) * Math.sin(column / 7) : 0.02) + (row < 20 && column > 130 && column < 160 ? 0.9 : 0);
      }),
      rows,
      columns,
    });
    const [left, right] = [false, true].map((mirror) => breastMask(grid(mirror), { mmPerPixel: 1 }));
    const turned = right!.map((_, at) => right![at - (at % columns) + columns - 1 - (at % columns)]!);
    expect(Buffer.from(turned).equals(Buffer.from(left!))).toBe(true);
    expect(left!.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0.98 * ((Math.PI * 100 * 110) / 2));
  });

  it("on film ends a fifth of the way from the background to Otsu's level (slow twin)", () => {
    // A cone: 1 at the chest wall's middle, 0 at 80 mm from it.
    const [rows, columns, mmPerPixel, radius] = [720, 480, 0.25, 80];
    const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
      const [y, x] = [(Math.floor(at / columns) + 0.5) * mmPerPixel - 90, ((at % columns) + 0.5) * mmPerPixel];
      return Math.max(0, 1 - Math.hypot(y, x) / radius);
    });
    // Otsu's level parts the values so that they lie as near as can be, by squares, to the means of their parts.
    const sorted = pixels.toSorted();
    let [total, before, most, between] = [sorted.reduce((sum, value) => sum + value, 0), 0, 0, 0];
    sorted.forEach((value, at) => {
      const gain = at > 0 ? before ** 2 / at + (total - before) ** 2 / (sorted.length - at) : 0;
      if (gain > most) [most, between] = [gain, value];
      before += value;
    });
    const area = breastMask({ pixels, rows, columns }, { mmPerPixel }).reduce((sum, one) => sum + one, 0) * mmPerPixel ** 2;
    expectClose(area / ((Math.PI / 2) * (radius * (1 - between / 5)) ** 2), 1, { absolute: 0.015 });
  });

  it("fat as dark as a gray background is breast where tissue encloses it against the chest wall", () => {
    const [rows, columns] = [240, 180];
    const area = (fat: number) => {
      const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
        const away = Math.hypot(Math.floor(at / columns) - 120, at % columns);
        return away < 40 ? fat : away < 100 ? 0.7 : 0.4;
      });
      return breastMask({ pixels, rows, columns }, { mmPerPixel: 1 }).reduce((sum, one) => sum + one, 0);
    };
    expect(area(0.4)).toBe(area(0.7));
    expect(area(0.7)).toBeGreaterThan((Math.PI / 2) * 100 ** 2 - 100);
  });

  it("what sticks out by less than 8 mm in thickness is cut behind its first pixel", () => {
    const [rows, columns] = [360, 180];
    const spiked = (thick: number): Grid => ({
      pixels: Float32Array.from({ length: rows * columns }, (_, at) => {
        const [row, column] = [Math.floor(at / columns), at % columns];
        return Math.hypot(row - 180, column) < 100 || (row >= 180 && row < 180 + thick && column < 140) ? 0.5 : 0;
      }),
      rows,
      columns,
    });
    const beyond = (thick: number) => breastMask(spiked(thick), { mmPerPixel: 0.5 }).filter((one, at) => one === 1 && at % columns >= 102).length;
    // Seen with a pixel of blur around it.
    expect([beyond(6), beyond(14)]).toEqual([0, 0]);
    expect(beyond(16)).toBeGreaterThan(16 * 35);
  });

  it("is empty where nothing stands out, and has the grid's size at any pitch", () => {
    expect(breastMask({ pixels: new Float32Array(100 * 80), rows: 100, columns: 80 }, { mmPerPixel: 0.5 }).includes(1)).toBe(false);
    for (const mmPerPixel of [0.1, 0.26, 0.7, 2]) {
      const [rows, columns] = [Math.round(120 / mmPerPixel), Math.round(90 / mmPerPixel)];
      const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
        const [y, x] = [(Math.floor(at / columns) + 0.5) * mmPerPixel - 60, ((at % columns) + 0.5) * mmPerPixel];
        return Math.hypot(y, x) < 50 ? 0.5 : 0;
      });
      const mask = breastMask({ pixels, rows, columns }, { mmPerPixel });
      const area = mask.reduce((sum, one) => sum + one, 0) * mmPerPixel ** 2;
      expect(area / ((Math.PI * 50 ** 2) / 2)).toBeGreaterThan(0.97);
      // A rim of up to a pixel of the mask's own pitch, 0.5 mm or the picture's, on a radius of 50 mm.
      expect(area / ((Math.PI * 50 ** 2) / 2)).toBeLessThan((1 + (1.5 * Math.max(0.7, mmPerPixel)) / 50) ** 2);
    }
  });
});

describe("standardize, at its thresholds", () => {
  const lut = Float32Array.from({ length: 256 }, (_, value) => value / 255);
  const [rows, columns] = [60, 40];
  const view = (changes: Partial<SourceView> = {}): SourceView => ({
    ...{ storedValues: new Uint8Array(rows * columns).fill(100), rows, columns, lut, isLinear: false, mmPerPixel: [1, 1] as const },
    ...{ laterality: "L" as const, view: "CC" as const },
    ...changes,
  });
  const masked = (inside: (row: number, column: number) => boolean, changes: Partial<SourceView> = {}, size: readonly [number, number] = [80, 50]) =>
    standardize(view(changes), { size, mmPerPixel: 1, mask: () => binary(rows, columns, inside).pixels });

  it("3 square centimeters are a breast, less are none", () => {
    expect(masked((row, column) => row < 30 && column < 10).breast).toEqual({ top: 25, left: 0, bottom: 55, right: 10 });
    expect(() => masked((row, column) => row < 30 && column < 10 && !(row === 29 && column === 9))).toThrow("at least 3 square centimeters");
  });

  it("the header's side counts up to an evidence of 0.25, and 0.05 contradicts it", () => {
    // 12 columns: the outer two have 40 rows and 40 - less.
    const shape = (less: number) => (row: number, column: number) =>
      column >= 6 && column < 18 && row < (column < 8 ? 40 : column < 16 ? 39 : 40 - less);
    const chestWall = "right" as const;
    const side = (less: number) => {
      const { toSource, flags } = masked(shape(less), { chestWall });
      return [toSource[4] < 0 ? "right" : "left", flags.includes("orientation-conflict")];
    };
    expect(side(2)).toEqual(["right", false]);
    expect(side(3)).toEqual(["right", true]);
    expect(side(10)).toEqual(["right", true]);
    expect(side(11)).toEqual(["left", true]);
    // Without a header's word a breast's own side stands in for it, and nothing is contradicted.
    const silent = (laterality: "L" | "R") => masked(shape(0), { laterality });
    expect([silent("L").toSource[4], silent("R").toSource[4]]).toEqual([1, -1]);
    expect([silent("L").flags, silent("R").flags]).toEqual([[], []]);
  });

  it("puts the breast in the middle, cuts what is too large and says so", () => {
    const whole = masked(() => true);
    expect([whole.breast, whole.flags]).toEqual([{ top: 10, left: 0, bottom: 70, right: 40 }, []]);
    // Nothing lies outside of its box.
    for (const [at, value] of whole.pixels.entries()) {
      const [row, column] = [Math.floor(at / 50), at % 50];
      expect(value > 0, `${row}, ${column}`).toBe(row >= 10 && row < 70 && column < 40);
    }
    const fitting = masked(() => true, {}, [60, 40]);
    expect([fitting.flags, fitting.pixels.every((value) => value > 0)]).toEqual([[], true]);
    const low = masked(() => true, {}, [59, 40]);
    expect([low.breast, low.flags]).toEqual([{ top: 0, left: 0, bottom: 59, right: 40 }, ["breast-cropped"]]);
    expect(fromSourcePoint([1, 0], low)[0]).toBe(0);
    expect(masked(() => true, {}, [60, 39]).flags).toEqual(["breast-cropped"]);
    expect(masked(() => true, { flags: ["implant"], isLinear: true }).flags).toEqual(["implant", "intensity-by-percentiles"]);
  });

  it("turned and flipped, each pixel is where the affine says", () => {
    const storedValues = Uint8Array.from({ length: rows * columns }, (_, at) => 1 + ((at * 31) % 250));
    for (const isUpsideDown of [false, true])
      for (const chestWall of ["left", "right"] as const) {
        const image = masked((row, column) => row >= 7 && row < 51 && column >= 3 && column < 36, { storedValues, isUpsideDown, chestWall });
        const { toSource } = image;
        let seen = 0;
        image.pixels.forEach((value, at) => {
          if (value === 0) return;
          seen++;
          const [r, c] = [Math.floor(at / image.columns) + 0.5, (at % image.columns) + 0.5];
          const [row, column] = [toSource[0] * r + toSource[2], toSource[4] * c + toSource[5]];
          expect(value).toBe(lut[storedValues[Math.floor(row) * columns + Math.floor(column)]!]);
        });
        expect(seen).toBe(44 * 33);
      }
  });

  it("looks for a muscle in views from the side only", () => {
    const muscle = Uint8Array.from({ length: 200 * 140 }, (_, at) =>
      (at % 140) + 0.5 < 40 * (1 - (Math.floor(at / 140) + 0.5) / 120) ? 180 : 100 + ((at * 7919) % 5),
    );
    const seen = (position: SourceView["view"]) =>
      standardize(
        { ...view({ storedValues: muscle, view: position }), rows: 200, columns: 140 },
        { size: [200, 140], mmPerPixel: 1, mask: (grid) => new Uint8Array(grid.pixels.length).fill(1) },
      ).pectoral !== undefined;
    expect(["MLO", "MLOID", "ML", "MLID", "LM", "LMO"].map((one) => seen(one as SourceView["view"]))).toEqual(Array(6).fill(true));
    expect(["CC", "XCCL", "AT", "CV"].map((one) => seen(one as SourceView["view"]))).toEqual(Array(4).fill(false));
  });

  it("a source without a meaning is stretched within the mask, and nothing else of it changes", () => {
    const storedValues = Uint8Array.from({ length: rows * columns }, (_, at) => 50 + Math.floor(at / columns));
    const image = (isLinear: boolean) => masked((row) => row >= 10 && row < 51, { storedValues, isLinear });
    const { pixels, flags, ...rest } = image(true);
    // Rows 10 to 50 have the values 60 to 100; the middle one is a half.
    const [top, middle, bottom] = [19, 39, 59].map((row) => pixels[row * 50 + 5]!);
    expectClose([top!, middle!, bottom!], [0, 0.5, 1], { absolute: 0.01 });
    const { pixels: plain, flags: none, ...expected } = image(false);
    expect([rest, flags, none]).toEqual([expected, ["intensity-by-percentiles"], []]);
    expect(plain[39 * 50 + 5]).toBe(lut[80]);
  });

  it("brightness that is no number is 0, and what a table has beyond [0, 1] is cut", () => {
    const odd = Float32Array.from({ length: 256 }, (_, value) => [Number.NaN, -1, 2, 0.5][value % 4]!);
    const storedValues = Uint8Array.from({ length: rows * columns }, (_, at) => at % 4);
    const values = new Set(masked(() => true, { storedValues, lut: odd }).pixels);
    expect([...values].sort()).toEqual([0, 0.5, 1]);
  });
});
