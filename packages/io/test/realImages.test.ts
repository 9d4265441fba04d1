import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { breastMask, type Laterality, readRaster, standardize, viewOfRaster } from "../src/index.ts";

const data = dataFolder() ?? "";

describe.skipIf(!dataFolder())("real images (needs the data folder)", () => {
  it("breast masks agree with those of the DDSM tissue set: mean Dice at least 0.97, worst at least 0.90", async () => {
    const folder = join(data, "ddsm-tissue");
    const film = async (kind: string, name: string) => readRaster(await readFile(join(folder, kind, name)));
    const scores: number[] = [];
    for (const name of await readdir(join(folder, "images"))) {
      const [image, truth] = [await film("images", name), await film("labels", name)];
      const mask = breastMask(
        { rows: image.rows, columns: image.columns, pixels: Float32Array.from(image.cells, (cell) => cell / 255) },
        { mmPerPixel: 0.25 },
      );
      let [both, sum] = [0, 0];
      for (let at = 0; at < mask.length; at++) {
        const breast = truth.cells[at]! > 64 ? 1 : 0; // 64 is background; fat, gland and muscle are above.
        both += mask[at]! & breast;
        sum += mask[at]! + breast;
      }
      scores.push((2 * both) / sum);
    }
    expect(scores).toHaveLength(53);
    expect(scores.reduce((total, score) => total + score, 0) / scores.length).toBeGreaterThanOrEqual(0.97);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.9);
  });

  it("finds the chest wall of all CDD-CESM and NYU images from their pixels, told the other breast", async () => {
    const cesm = (await readFile(join(data, "cdd-cesm/labels.tsv"), "utf8"))
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
    const images: { readonly path: string; readonly laterality: Laterality }[] = cesm.map(([file, , laterality]) => ({
      path: `cdd-cesm/${file}`,
      laterality: laterality as Laterality,
    }));
    for (const folder of ["nyu-gmic/images", "nyu-classifier/images"])
      for (const name of await readdir(join(data, folder))) images.push({ path: `${folder}/${name}`, laterality: /_R[-_]/.test(name) ? "R" : "L" });
    expect(images).toHaveLength(23);
    for (const { path, laterality } of images) {
      const bytes = await readFile(join(data, path));
      const raster = await readRaster(bytes);
      const told = laterality === "L" ? "R" : "L";
      const { toSource } = standardize(viewOfRaster(raster, { laterality: told, view: "CC", mmPerPixel: [0.1, 0.1] }));
      expect(toSource[4] < 0 ? "right" : "left", path).toBe(laterality === "R" ? "right" : "left");
    }
  });
});
