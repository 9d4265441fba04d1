import { expect, it } from "vitest";
import { probablyMeant } from "../src/probablyMeant.ts";

const names = ["width", "seed", "mmPerPixel", "iou", "minScore"] as const;

it.each([
  ["widht", "width"], // neighbors changed places
  ["wdth", "width"], // one left out
  ["widthh", "width"], // one too many
  ["sead", "seed"],
  ["IOU", "iou"],
  ["uoi", undefined], // two of three
  ["mm_per_pixel", "mmPerPixel"],
  ["minscores", "minScore"],
  ["score", undefined],
  ["", undefined],
  ["wi", undefined],
])("%s: %s is meant", (name, meant) => {
  expect(probablyMeant(name, names)).toBe(meant);
});

it("is the first of several, and none of none", () => {
  expect(probablyMeant("seat", ["seed", "seal", "seam"])).toBe("seal");
  expect(probablyMeant("seed", [])).toBeUndefined();
});
