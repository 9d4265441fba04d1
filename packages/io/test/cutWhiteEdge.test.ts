import { join } from "node:path";
import { fromSourcePoint, type Grid } from "@mammo/mammogram";
import { dataFolder } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import type { Binary } from "../src/image/standardize/binary.ts";
import { cutWhiteEdge } from "../src/image/standardize/cutWhiteEdge.ts";
import { readCbisCohort, readCohortImage } from "../src/node.ts";

const [rows, columns, mm] = [480, 320, 0.5];
const reach = (row: number): number => 150 * Math.sqrt(Math.max(0, 1 - ((row - 240) / 200) ** 2));

/** A breast on the left with brightness 0.5, and its mask with all that is bright; `add` draws on the film. */
function film(add: (row: number, column: number) => number | undefined = () => undefined): { readonly grid: Grid; readonly mask: Binary } {
  const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return add(row, column) ?? (column < reach(row) ? 0.5 : 0);
  });
  return { grid: { pixels, rows, columns }, mask: { pixels: Uint8Array.from(pixels, (value) => (value > 0.2 ? 1 : 0)), rows, columns } };
}
const cut = ({ grid, mask }: ReturnType<typeof film>): Binary => cutWhiteEdge(mask, grid, mm);
const count = ({ pixels }: Binary, within: (row: number, column: number) => boolean): number =>
  pixels.reduce((sum, one, at) => sum + (one && within(Math.floor(at / columns), at % columns) ? 1 : 0), 0);

describe("cutWhiteEdge", () => {
  it("gives back the mask where no edge is white, also with tissue as bright as any", () => {
    const plain = film();
    expect(cut(plain)).toBe(plain.mask);
    const bright = film((row, column) => (Math.hypot(row - 240, column - 60) < 30 ? 1 : undefined));
    expect(cut(bright)).toBe(bright.mask);
    // An implant or a muscle that is white far into the image is no strip.
    const deep = film((row, column) => (column < 60 && column < reach(row) ? 1 : undefined));
    expect(cut(deep)).toBe(deep.mask);
  });

  it("cuts a strip along the chest wall with its blur, and what hung on by it", () => {
    const strip = film((_, column) => (column < 8 ? 1 : column === 8 ? 0.8 : column === 9 ? 0.65 : undefined));
    const found = cut(strip);
    expect(count(found, (_, column) => column < 10)).toBe(0);
    // Above and below the breast nothing is left of it; the breast stays.
    expect(count(found, (row) => row < 36 || row > 444)).toBe(0);
    expect(count(found, (row, column) => Math.abs(row - 240) < 150 && column >= 10 && column < 80)).toBe(299 * 70);
  });

  it("cuts a strip behind a dark seam, a bar below the breast and a white corner", () => {
    const seam = film((_, column) => (column < 4 ? 0 : column < 10 ? 1 : undefined));
    expect(count(cut(seam), (_, column) => column < 10)).toBe(0);
    const bar = film((row, column) => (row >= 430 && row < 446 && column < 90 ? 1 : undefined));
    expect(count(cut(bar), (row) => row >= 430)).toBe(0);
    expect(count(cut(bar), (row, column) => row < 400 && column < 60)).toBe(count(film().mask, (row, column) => row < 400 && column < 60));
    const corner = film((row, column) => (row - column > 436 ? 1 : undefined));
    expect(count(cut(corner), (row, column) => row - column > 436)).toBe(0);
  });

  it("leaves white along less than a centimeter", () => {
    const dot = film((row, column) => (row >= 230 && row < 240 && column < 6 ? 1 : undefined));
    expect(cut(dot)).toBe(dot.mask);
  });
});

describe("cutWhiteEdge, at its bounds", () => {
  /** Whether a film loses something, and whether it loses one pixel. */
  const isCut = (add: (row: number, column: number) => number | undefined): boolean => {
    const one = film(add);
    return cut(one) !== one.mask;
  };
  const at = (found: Binary, row: number, column: number) => found.pixels[row * columns + column];
  /** White up to a column, and what follows it from there on. */
  const strip = (width: number, ...next: readonly number[]) => cut(film((_, column) => (column < width ? 1 : next[column - width])));

  it("a strip is white up to 10 mm deep, a bar up to 25 mm, less the last pixel", () => {
    expect([1, 19, 20].map((width) => isCut((_, column) => (column < width ? 1 : undefined)))).toEqual([true, true, false]);
    expect([49, 50].map((high) => isCut((row) => (row >= rows - high ? 1 : undefined)))).toEqual([true, false]);
  });

  it("a strip begins within 5 mm of the edge, and with white within 1 mm", () => {
    const from = (near: number, gray: number) => (_: number, column: number) =>
      column < near ? 0 : column < near + gray ? 0.5 : column < near + gray + 6 ? 1 : undefined;
    expect([isCut(from(9, 0)), isCut(from(10, 0)), isCut(from(0, 1)), isCut(from(0, 2))]).toEqual([true, false, true, false]);
  });

  it("white is 96 % of the brightest, and goes on with 88 %", () => {
    const brightest = (value: number) => isCut((row, column) => (column < 6 ? value : row === 240 && column === 60 ? 1 : undefined));
    expect([brightest(0.965), brightest(0.955)]).toEqual([true, false]);
    // 24 thirty-seconds of 25: 96 % to the last bit.
    expect(isCut((row, column) => (column < 6 ? 24 / 32 : row === 240 && column === 60 ? 25 / 32 : undefined))).toBe(true);
    expect([0.89, 0.87].map((value) => at(strip(4, value, value, value, value, value), 240, 7))).toEqual([0, 1]);
  });

  it("a seam in it is less than 1 mm wide", () => {
    expect(at(strip(4, 0.5, 1, 1, 1), 240, 7)).toBe(0);
    expect(at(strip(4, 0.5, 0.5, 1, 1, 1), 240, 8)).toBe(1);
  });

  it("the blur behind it falls all the way, by 1 % a pixel and for 2 mm at most", () => {
    const falling = strip(4, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6);
    expect([at(falling, 240, 7), at(falling, 240, 8)]).toEqual([0, 1]);
    expect([0.835, 0.838, 0.845].map((next) => at(strip(4, 0.85, next), 240, 4))).toEqual([0, 0, 1]);
  });

  it("it is 1 cm long, and its deepest place counts for 3 mm to both sides", () => {
    const dot = (long: number) => isCut((row, column) => (row >= 230 && row < 230 + long && column < 6 ? 1 : undefined));
    expect([dot(19), dot(20)]).toEqual([false, true]);
    const deeper = cut(film((row, column) => (column < (row === 240 ? 9 : 4) ? 1 : undefined)));
    expect([233, 234, 246, 247].map((row) => at(deeper, row, 8))).toEqual([1, 0, 0, 1]);
  });

  it("what hangs on by less than 5 mm goes with it", () => {
    const hanging = (wide: number) =>
      cut(
        film((row, column) => {
          if (column < 6) return 1;
          const isBridge = row >= 235 && row < 235 + wide && column < 220;
          return isBridge || (row >= 200 && row < 260 && column >= 220 && column < 260) ? 0.5 : undefined;
        }),
      );
    expect([10, 11].map((wide) => count(hanging(wide), (_, column) => column >= 220))).toEqual([0, 60 * 40]);
  });

  it("all sides are alike: of the turned film the turned mask", () => {
    const corner = (row: number, column: number) => (column < 7 || (row >= 430 && row < 446 && column < 90) ? 1 : undefined);
    // The second one's breast runs from the top to the bottom.
    for (const left of [film(corner), film((_, column) => (column < 7 ? 1 : column < 150 ? 0.5 : undefined))]) {
      const turned = {
        grid: { ...left.grid, pixels: left.grid.pixels.toReversed() },
        mask: { ...left.mask, pixels: left.mask.pixels.toReversed() },
      };
      const found = cut(turned).pixels.toReversed();
      expect(Buffer.from(found).equals(Buffer.from(cut(left).pixels))).toBe(true);
      expect(count({ ...left.mask, pixels: found }, (_, column) => column < 7)).toBe(0);
    }
  });
});

const folder = dataFolder();
it.skipIf(!folder)("films of CBIS-DDSM lose their white edge and keep their lesions", { timeout: 300_000 }, async () => {
  const { images } = await readCbisCohort(join(folder!, "cbis-ddsm-mass"));
  // Films that had one on the contact sheet, by their place in the table.
  for (const at of [28, 78, 128, 278, 378]) {
    const image = await readCohortImage(images[at]!);
    let white = 0;
    for (let row = 0; row < image.rows; row++)
      for (let column = 0; column < 4; column++) if (image.pixels[row * image.columns + column]! > 0.98) white++;
    expect(white, `white pixels at the chest wall of film ${at}`).toBeLessThan(200); // Uncut, four columns along the whole breast.
    for (const { box } of images[at]!.lesions!) {
      const [row, column] = fromSourcePoint([(box.top + box.bottom) / 2, (box.left + box.right) / 2], image);
      expect(image.pixels[Math.floor(row) * image.columns + Math.floor(column)]).toBeGreaterThan(0);
    }
  }
});
