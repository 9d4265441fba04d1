import type { Grid } from "@mammo/mammogram";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { readMammogram, standardizationVersion } from "../src/index.ts";

const bytes = encodeDicom(renderView({ seed: 51, woman: 1, exam: 1, image: 1, laterality: "L", view: "CC", device: devices.deneb, lesions: [] }));
const options = { mmPerPixel: 0.5, size: [600, 400] } as const;

describe("standardize", () => {
  it("takes any mask model: it sees the resampled picture, and what it leaves out is 0", async () => {
    const seen: { grid: Grid; mm: number }[] = [];
    const { image } = await readMammogram(bytes, {
      ...options,
      mask(grid, { mmPerPixel }) {
        seen.push({ grid, mm: mmPerPixel });
        // A square of 60 x 40 mm at the chest wall.
        return Uint8Array.from(grid.pixels, (_, at) => {
          const row = Math.floor(at / grid.columns);
          return row >= 200 && row < 320 && at % grid.columns < 80 ? 1 : 0;
        });
      },
    });
    expect(seen).toHaveLength(1);
    expect([seen[0]!.mm, seen[0]!.grid.rows, seen[0]!.grid.columns]).toEqual([0.5, 576, 384]);
    expect(image.breast).toEqual({ top: 240, left: 0, bottom: 360, right: 80 });
    expect(image.pixels.every((value, at) => value === 0 || (Math.floor(at / 400) >= 240 && Math.floor(at / 400) < 360 && at % 400 < 80))).toBe(true);
    expect(image.pixels[250 * 400 + 10]).toBe(seen[0]!.grid.pixels[210 * 384 + 10]);
  });

  it("refuses a mask of almost nothing", async () => {
    const empty = readMammogram(bytes, { ...options, mask: (grid) => new Uint8Array(grid.pixels.length) });
    await expect(empty).rejects.toMatchObject({ code: "no-breast" });
    const speck = readMammogram(bytes, { ...options, mask: (grid) => new Uint8Array(grid.pixels.length).fill(1, 5000, 5020) });
    await expect(speck).rejects.toMatchObject({ code: "no-breast" });
  });

  it("names its version, and says how sure it is of the nipple", async () => {
    const { image } = await readMammogram(bytes, options);
    expect(image.standardization).toBe(standardizationVersion);
    expect(image.nippleConfidence).toBeGreaterThan(0);
    expect(image.nippleConfidence).toBeLessThanOrEqual(1);
    expect(image.nipple[1]).toBeCloseTo(image.breast.right, -1);
  });
});
