import { boxFromSource, boxToSource, fromSourcePoint, toSourcePoint } from "@mammo/mammogram";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breastMask, type SourceView, standardize } from "../src/index.ts";

/** Brightness of cell values 0 to 255. */
const lut = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** A round breast of 45 mm at either side of a picture of 110 x 90 mm, at any pitch, either way up; and a place in it for a mark. */
const views = fc.record({
  pitch: fc.tuple(fc.double({ min: 0.13, max: 0.4, noNaN: true }), fc.double({ min: 0.13, max: 0.4, noNaN: true })),
  laterality: fc.constantFrom("L", "R"),
  isFlippedInFile: fc.boolean(),
  isUpsideDown: fc.boolean(),
  middle: fc.double({ min: 50, max: 60, noNaN: true }),
  mark: fc.record({ out: fc.double({ min: 8, max: 28, noNaN: true }), down: fc.double({ min: -20, max: 20, noNaN: true }) }),
  size: fc.constantFrom([400, 400], [600, 300], [440, 220] as const),
  mmPerPixel: fc.constantFrom(0.25, 0.3, 0.5),
});
type Case = typeof views extends fc.Arbitrary<infer T> ? T : never;

const isOnRight = ({ laterality, isFlippedInFile }: Case): boolean => (laterality === "R") !== isFlippedInFile;

/** The source, with a bright disc of 2 mm at the mark or without, and the disc's middle by its own pixels. */
function sourceOf(one: Case, isMarked: boolean): { readonly view: SourceView; readonly point: readonly [number, number] } {
  const [high, wide] = one.pitch;
  const [rows, columns] = [Math.round(110 / high), Math.round(90 / wide)];
  const storedValues = new Uint8Array(rows * columns);
  let [sumRow, sumColumn, count] = [0, 0, 0];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const down = (row + 0.5) * high - one.middle;
      const across = (column + 0.5) * wide;
      const out = isOnRight(one) ? columns * wide - across : across;
      if (Math.hypot(down, out) > 45) continue;
      const isMark = Math.hypot(down - one.mark.down, out - one.mark.out) < 2;
      storedValues[row * columns + column] = isMark && isMarked ? 250 : 120;
      if (!isMark) continue;
      sumRow += row + 0.5;
      sumColumn += column + 0.5;
      count++;
    }
  return {
    view: {
      storedValues,
      rows,
      columns,
      lut,
      isLinear: false,
      mmPerPixel: one.pitch,
      laterality: one.laterality as "L" | "R",
      view: "CC",
      chestWall: isOnRight(one) ? "right" : "left",
      isUpsideDown: one.isUpsideDown,
    },
    point: [sumRow / count, sumColumn / count],
  };
}

describe("standardize, there and back", () => {
  it("a mark in the pixels of the source is found in those of the standard image where the affine says, to half a source pixel", () => {
    fc.assert(
      fc.property(views, (one) => {
        const options = { size: one.size as readonly [number, number], mmPerPixel: one.mmPerPixel };
        const { view, point } = sourceOf(one, true);
        // The same mask for both: the rim of a mask moves by a pixel with the picture's brightest thousandth.
        let mask = new Uint8Array();
        const without = standardize(sourceOf(one, false).view, {
          ...options,
          mask: (grid, known) => (mask = Uint8Array.from(breastMask(grid, known))),
        });
        const image = standardize(view, { ...options, mask: () => mask });
        expect(image.flags).not.toContain("orientation-conflict");
        let [sum, sumRow, sumColumn] = [0, 0, 0];
        image.pixels.forEach((value, at) => {
          const added = value - without.pixels[at]!;
          sum += added;
          sumRow += added * (Math.floor(at / image.columns) + 0.5);
          sumColumn += added * ((at % image.columns) + 0.5);
        });
        expect(sum).toBeGreaterThan(0);
        const back = toSourcePoint([sumRow / sum, sumColumn / sum], image);
        expect(Math.abs(back[0] - point[0])).toBeLessThan(0.5);
        expect(Math.abs(back[1] - point[1])).toBeLessThan(0.5);
      }),
      { numRuns: 15, seed: 4 },
    );
  });

  it("points and boxes come back to where they were", () => {
    fc.assert(
      fc.property(views, fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), (one, [r, c]) => {
        const { view } = sourceOf(one, false);
        const image = standardize(view, { size: one.size as readonly [number, number], mmPerPixel: one.mmPerPixel });
        const point = [r * view.rows, c * view.columns] as const;
        const back = toSourcePoint(fromSourcePoint(point, image), image);
        expect(Math.hypot(back[0] - point[0], back[1] - point[1])).toBeLessThan(1e-6); // Double precision; half a pixel is asked for.
        const box = { top: point[0], left: point[1], bottom: point[0] + 7, right: point[1] + 3 };
        const returned = boxToSource(boxFromSource(box, image), image);
        for (const side of ["top", "left", "bottom", "right"] as const) expect(returned[side]).toBeCloseTo(box[side], 6);
      }),
      { numRuns: 20, seed: 4 },
    );
  });
});
