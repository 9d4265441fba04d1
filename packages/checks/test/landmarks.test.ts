import { dataFolder } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { measureOrientation } from "../src/landmarks/orientation.ts";
import { measureTissue, type TissueFilm } from "../src/landmarks/tissue.ts";

const data = dataFolder() ?? "";
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.skipIf(!dataFolder())("landmarks on real images (needs the data folder)", () => {
  it("breast and pectoral muscle agree with the masks that people drew, in both halves", { timeout: 120_000 }, async () => {
    const films = await measureTissue(data);
    expect(films).toHaveLength(53);
    const of = (half: number, key: "breast" | "muscle"): number[] => films.filter((film: TissueFilm) => film.half === half).map((film) => film[key]);
    for (const half of [1, 2]) {
      expect(mean(of(half, "breast"))).toBeGreaterThanOrEqual(0.97);
      expect(mean(of(half, "muscle"))).toBeGreaterThanOrEqual(0.85);
    }
    expect(Math.min(...films.map(({ breast }) => breast))).toBeGreaterThanOrEqual(0.9);
    // A breast upside down has no muscle in the corner: confidence knows.
    const sure = (key: "confidence" | "confidenceUpsideDown"): number => films.filter((film) => film[key] >= 0.5).length;
    expect(sure("confidence")).toBeGreaterThanOrEqual(48);
    expect(sure("confidenceUpsideDown")).toBeLessThanOrEqual(6);
  });

  it("the chest wall of every CDD-CESM and NYU image is found from its pixels, told the other breast", { timeout: 60_000 }, async () => {
    const oriented = await measureOrientation(data);
    expect(oriented).toHaveLength(23);
    expect(oriented.filter(({ isRight }) => !isRight)).toEqual([]);
  });
});
