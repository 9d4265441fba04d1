import { boxCenter, iou, minMax, requireExtent } from "@mammo/mammogram";
import { describe, expect, it } from "vitest";

const box = (top: number, left: number, bottom: number, right: number) => ({ top, left, bottom, right });

describe("boxes", () => {
  it("have a center, and no overlap where they only touch", () => {
    expect(boxCenter(box(1, 2, 4, 6))).toEqual([2.5, 4]);
    expect(iou(box(0, 0, 10, 10), box(0, 5, 10, 15))).toBeCloseTo(1 / 3, 15);
    expect(iou(box(0, 0, 10, 10), box(0, 10, 10, 20))).toBe(0);
  });

  it("requireExtent names what is wrong", () => {
    const good = box(0, 0, 1, 1);
    expect(requireExtent(good, "mark")).toBe(good);
    for (const bad of [box(1, 0, 0, 1), box(0, 0, 0, 1), box(0, Number.NaN, 1, 1), box(0, 0, Number.POSITIVE_INFINITY, 1)])
      expect(() => requireExtent(bad, "mark")).toThrow(RangeError);
    expect(() => requireExtent(box(0, Number.NaN, 1, 1), "mark")).toThrow(
      'Expected mark with finite top < bottom and left < right, got {"top":0,"left":"NaN","bottom":1,"right":1}',
    );
    expect(() => requireExtent(undefined as never, "mark")).toThrow(new TypeError("Expected mark to be a box, got undefined"));
  });
});

it("minMax takes lists of any length", () => {
  expect(minMax([3, -1, 2])).toEqual([-1, 3]);
  expect(minMax([])).toEqual([Infinity, -Infinity]);
  expect(minMax(Float64Array.from({ length: 300_000 }, (_, i) => i))).toEqual([0, 299_999]);
});
