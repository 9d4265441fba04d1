import { planCohort, renderView, viewTruth } from "@mammo/phantom";
import { fileNameOf } from "@mammo/phantom/node";
import { describe, expect, it } from "vitest";
import { massSpec } from "./tiny.ts";

const share = (exams: ReturnType<typeof planCohort>, malignant: boolean): number => {
  const images = exams.flatMap(({ images }) => images).filter(({ lesions }) => lesions.some((one) => one.malignant) === malignant);
  return images.filter(({ skinMarker }) => skinMarker !== undefined).length / images.length;
};

describe("a ring of lead on the skin", () => {
  it("is bright, 5 x 7 mm, and 12 mm above what it marks; all else stays", () => {
    for (const laterality of ["L", "R"] as const) {
      const spec = { ...massSpec, laterality };
      const [plain, marked] = [renderView(spec), renderView({ ...spec, skinMarker: spec.lesions[0]!.center })];
      const { columns } = plain;
      const places = [...plain.pixels.keys()].filter((at) => plain.pixels[at] !== marked.pixels[at]);
      const [rows, across] = [places.map((at) => Math.floor(at / columns)), places.map((at) => at % columns)];
      const extent = (values: readonly number[]) => [Math.min(...values), Math.max(...values) + 1] as const;
      const [top, bottom] = extent(rows);
      const [left, right] = extent(across);
      const mm = spec.device.mmPerPixel;
      expect([(bottom - top) * mm, (right - left) * mm]).toEqual([7, 5]);
      const [row, column] = viewTruth(spec).lesions[0]!.center;
      expect(Math.abs((row - (top + bottom) / 2) * mm - 12)).toBeLessThan(mm);
      expect(Math.abs((column - (left + right) / 2) * mm)).toBeLessThan(mm);
      expect(new Set(places.map((at) => marked.pixels[at]))).toEqual(new Set([(1 << spec.device.bits) - 1]));
    }
  });

  it("is cut off at the image's edge", () => {
    expect(() => renderView({ ...massSpec, skinMarker: [45, 8, 500] })).not.toThrow();
  });

  it("comes as often as is asked for, with cancer and without; the women stay the same", () => {
    const options = { seed: 5, women: 150, cancerShare: 0.5 };
    const planted = planCohort({ ...options, skinMarkers: { malignant: 1, others: 0 } });
    expect([share(planted, true), share(planted, false)]).toEqual([1, 0]);
    const half = planCohort({ ...options, skinMarkers: { malignant: 0.5, others: 0.5 } });
    for (const malignant of [true, false]) expect(Math.abs(share(half, malignant) - 0.5)).toBeLessThan(0.15);
    const without = (exams: typeof half) => exams.map((exam) => ({ ...exam, images: exam.images.map(({ skinMarker: _, ...image }) => image) }));
    expect(without(half)).toEqual(planCohort(options));
    // Both views of a breast are of the same breast.
    for (const { images } of half)
      for (const side of ["L", "R"])
        expect(
          new Set(images.filter(({ laterality }) => laterality === side).map(({ skinMarker }) => JSON.stringify(skinMarker))).size,
        ).toBeLessThanOrEqual(1);
  });

  it("is in the file's name, which stays what it was without it", () => {
    expect(fileNameOf({ ...massSpec, skinMarker: [1, 2, 3] })).not.toBe(fileNameOf(massSpec));
    expect("skinMarker" in planCohort({ women: 1 })[0]!.images[0]!).toBe(false);
  });

  it("refuses a share that is none", () => {
    expect(() => planCohort({ women: 2, skinMarkers: { malignant: 2, others: 0 } })).toThrow("Expected skinMarkers.malignant in [0, 1], got 2");
  });
});
