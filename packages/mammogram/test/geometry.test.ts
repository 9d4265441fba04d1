import { applyAffine, boxFromSource, boxToSource, fromSourcePoint, invertAffine, iou, mapBox, toSourcePoint } from "@mammo/mammogram";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const side = fc.integer({ min: 0, max: 30 });
const box = fc.tuple(side, side, side, side).map(([top, left, height, width]) => ({ top, left, bottom: top + height, right: left + width }));

describe("iou", () => {
  it("is the share of pixels that two boxes have in common (slow twin: count them)", () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        let [both, either] = [0, 0];
        for (let row = 0; row < 60; row++)
          for (let column = 0; column < 60; column++) {
            const inside = [a, b].map(({ top, left, bottom, right }) => row >= top && row < bottom && column >= left && column < right);
            if (inside[0] && inside[1]) both++;
            if (inside[0] || inside[1]) either++;
          }
        expect(iou(a, b)).toBeCloseTo(either === 0 ? 0 : both / either, 12);
      }),
    );
  });

  it("is 0 for boxes that only touch, and for boxes without area", () => {
    const unit = { top: 0, left: 0, bottom: 1, right: 1 };
    expect(iou(unit, { top: 0, left: 1, bottom: 1, right: 2 })).toBe(0);
    expect(iou({ ...unit, right: 0 }, { ...unit, right: 0 })).toBe(0);
    expect(iou({ top: 3, left: 0, bottom: 1, right: 1 }, unit)).toBe(0);
  });
});

const number = fc.double({ min: -50, max: 50, noNaN: true });
const affine = fc
  .tuple(number, number, number, number, number, number)
  .map((six) => six as [number, number, number, number, number, number])
  .filter(([a, b, , d, e]) => Math.abs(a * e - b * d) > 1e-2);

describe("affine maps", () => {
  it("are undone by their inverse", () => {
    fc.assert(
      fc.property(affine, number, number, (map, row, column) => {
        const [r, c] = applyAffine(invertAffine(map), applyAffine(map, [row, column]));
        // The inverse loses as many digits as the determinant is small beside the entries.
        expect(Math.hypot(r - row, c - column)).toBeLessThan(1e-6);
      }),
    );
  });

  it("map a box to the box around its corners", () => {
    expect(mapBox([0, -1, 10, 2, 0, 1], { top: 0, left: 0, bottom: 2, right: 4 })).toEqual({ top: 6, left: 1, bottom: 10, right: 5 });
  });

  it("lead from an image to its source and back", () => {
    const image = { toSource: [2, 0, 5, 0, -2, 100] as const };
    expect(toSourcePoint([1, 2], image)).toEqual([7, 96]);
    expect(fromSourcePoint([7, 96], image)).toEqual([1, 2]);
    const found = { top: 1, left: 2, bottom: 3, right: 4 };
    expect(boxFromSource(boxToSource(found, image), image)).toEqual(found);
  });

  it("refuse a map without an inverse", () => {
    expect(() => invertAffine([1, 2, 0, 2, 4, 0])).toThrow(new RangeError("Expected an invertible affine"));
  });
});
