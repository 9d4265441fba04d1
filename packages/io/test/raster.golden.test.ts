import { golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { readRaster } from "../src/index.ts";

const { cases } = golden<{ readonly cases: Readonly<Record<string, string>> }>("rasters", import.meta.url);
const [rows, columns] = [37, 29];
const cellAt = (row: number, column: number): number => (2621 * row + 977 * column + 7 * ((row * column) % 251)) % 65536;

describe("readRaster", () => {
  it.each(Object.entries(cases).filter(([name]) => !name.includes("smooth")))("reads %s as its writer meant it", async (name, base64) => {
    const raster = await readRaster(Buffer.from(base64, "base64"));
    const isWide = name.includes("16 bits");
    const isLarge = name.includes("large");
    const size = isLarge ? [4 * rows, 3 * columns] : [rows, columns];
    expect([raster.rows, raster.columns, raster.maxValue]).toEqual([...size, isWide ? 65535 : 255]);
    const isBlank = name.includes("large packbits");
    const wrong = raster.storedValues.findIndex((cell, at) => {
      const [row, column] = [Math.floor(at / raster.columns) % rows, (at % raster.columns) % columns];
      const expected = isBlank ? 0 : cellAt(row, column);
      return cell !== (isWide ? expected : expected >> 8);
    });
    expect(wrong).toBe(-1);
  });

  it.each(Object.entries(cases).filter(([name]) => name.includes("smooth")))(
    "reads %s within the rounding of two transforms",
    async (_name, base64) => {
      const raster = await readRaster(Buffer.from(base64, "base64"));
      expect([raster.rows, raster.columns, raster.maxValue]).toEqual([rows, columns, 255]);
      const farthest = Array.from(raster.storedValues).reduce(
        (most, cell, at) => Math.max(most, Math.abs(cell - 2 * (Math.floor(at / columns) + (at % columns)))),
        0,
      );
      expect(farthest).toBeLessThanOrEqual(2);
    },
  );
});
