import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LesionCrop } from "@mammo/io/node";
import { keyedRandom, minMax } from "@mammo/mammogram";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchOf, massesOf, plainMasses } from "../src/recipes/ddsm/massBatches.ts";
import { summarizeMasses } from "../src/recipes/ddsm/runMasses.ts";
import { film } from "./film.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-masses-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const described = (number: string, more: object = {}) => ({ description: { abnormality_id: number, ...more } });
const cropOf = async (patientId: string, abnormality: string, gray: number, more: Partial<LesionCrop> = {}): Promise<LesionCrop> => {
  const path = join(folder, `${patientId}-${abnormality}.png`);
  // 400 x 200 pixels of 0.047 mm, dark on the left half.
  const data = Uint8Array.from({ length: 400 * 200 }, (_, at) => (at % 200 < 100 ? 0 : gray));
  await writeFile(path, encode({ width: 200, height: 400, data, channels: 1, depth: 8 }));
  return { patientId, laterality: "L", view: "CC", abnormality, kind: "mass", malignant: false, withoutCallback: false, path, ...more };
};

describe("masses of films", () => {
  it("are those with a crop of the same woman, side, view and abnormality", async () => {
    const views = [film("a", 1, described("1")), film("a", 1, described("2")), film("b", 0, described("1")), film("c", 0)];
    const crops = [
      await cropOf("a", "1", 200),
      await cropOf("a", "2", 200, { view: "MLO" }),
      await cropOf("b", "1", 200, { kind: "calcification" }),
      await cropOf("c", "1", 200),
    ];
    expect(massesOf(views, crops).map(({ id }) => id)).toEqual([`a L ${views[0]!.view} 1`]);
  });

  it("are shown fine from the film or the standard image, in the same surroundings, with what readers wrote", async () => {
    const [mass] = massesOf([film("a", 1, described("1", { margins: "SPICULATED" }))], [await cropOf("a", "1", 200)]);
    const [standard, fine] = [await batchOf([mass!], "standard"), await batchOf([mass!], "film")];
    expect(fine["context"]!.data).toEqual(standard["context"]!.data);
    expect([...fine["labels"]!.data, fine["known"]!.data.some((one) => one === 1)]).toEqual([1, true]);
    // The crop's longer side fills the patch: 224 px high and 112 wide, its bright half on the right; beyond it nothing.
    const at = (row: number, column: number) => fine["fine"]!.data[row * 224 + column]!;
    expect([at(112, 20), at(112, 90), at(112, 135), at(112, 200)]).toEqual([0, 0, expect.closeTo(200 / 255, 1), 0]);
    expect(standard["fine"]!.data[112 * 224 + 112]).toBeGreaterThan(0.5);
  });

  it("come half benign and half malignant, the same again for a step, without those that needed no second look", async () => {
    const views = [
      film("a", 1, described("1")),
      film("b", 0, described("1")),
      film("c", 0, described("1", { pathology: "BENIGN_WITHOUT_CALLBACK" })),
    ];
    const masses = massesOf(views, [await cropOf("a", "1", 200), await cropOf("b", "1", 100), await cropOf("c", "1", 50)]);
    expect(masses).toHaveLength(3);
    const draw = plainMasses(masses, { fine: "film", seed: 1, size: 8 });
    const [one, again, other] = [await draw(3), await draw(3), await draw(4)];
    expect([...one["labels"]!.data]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect([one["fine"]!.data, other["fine"]!.data]).toEqual([again["fine"]!.data, expect.not.objectContaining({ 0: Number.NaN })]);
    expect(one["fine"]!.data).not.toEqual(other["fine"]!.data);
    // Only b's gray among the benign ones: at most 100 / 255, however gamma and gain turn it.
    const brightest = (item: number) => minMax(Array.from((one["fine"]!.data as Float32Array).subarray(item * 224 * 224, (item + 1) * 224 * 224)))[1];
    for (const item of [0, 2, 4, 6]) expect(brightest(item)).toBeGreaterThan(60 / 255);
    expect(() => plainMasses(masses.slice(0, 1), { fine: "film", seed: 1, size: 2 })).toThrow("benign and malignant");
  });

  it("are judged by areas and their paired difference", () => {
    const scored = Array.from({ length: 80 }, (_, at) => {
      const malignant = at % 2 === 0;
      const noise = keyedRandom(3, "noise", at).between(-1, 1);
      return { id: `${at}`, patientId: `p${at >> 1}`, malignant, standard: noise, film: (malignant ? 1.5 : 0) + noise };
    });
    const found = summarizeMasses(scored, { seed: 1 });
    expect([found.masses, found.malignant, found.women]).toEqual([80, 40, 40]);
    expect(found.film.estimate).toBeGreaterThan(0.85);
    expect(found.filmOverStandard.low).toBeGreaterThan(0.1);
    expect(found.filmOverStandard.estimate).toBeCloseTo(found.film.estimate - found.standard.estimate, 12);
  });
});
