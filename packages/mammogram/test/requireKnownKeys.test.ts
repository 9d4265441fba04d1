import { expect, it } from "vitest";
import { requireKnownKeys } from "../src/requireKnownKeys.ts";

interface Smoothing {
  readonly radius?: number;
  readonly mmPerPixel?: number;
}

const known = { radius: true, mmPerPixel: true } as const;
const refused = (options: unknown): string => {
  try {
    requireKnownKeys("smooth", options as Smoothing, known);
  } catch (error) {
    return String(error);
  }
  return "";
};

it("lets known keys pass, all, some and none, whatever their values", () => {
  for (const options of [undefined, {}, { radius: 1 }, { radius: undefined, mmPerPixel: Number.NaN }, Object.create({ other: 1 })])
    expect(refused(options)).toBe("");
});

it("names the key, all that are known, and the one that is meant", () => {
  const expected = "TypeError: Expected options of smooth among radius, mmPerPixel, got";
  expect(refused({ raduis: 1 })).toBe(`${expected} raduis; is radius meant?`);
  expect(refused({ radius: 1, mmperpixels: 1 })).toBe(`${expected} mmperpixels; is mmPerPixel meant?`);
  expect(refused({ mm_per_pixel: 1 })).toBe(`${expected} mm_per_pixel; is mmPerPixel meant?`);
  for (const key of ["size", "r", "", "toString", "constructor"]) expect(refused({ [key]: undefined })).toBe(`${expected} ${key}`);
});

it.each([
  [null, "Null"],
  [[1, 2], "Array"],
  [Float32Array.of(1), "Float32Array"],
  [3, "Number"],
  ["radius", "String"],
])("refuses what is no object of options: %s", (options, kind) => {
  expect(refused(options)).toBe(`TypeError: Expected options of smooth as an object of names and values, got ${kind}`);
});
