import { dealFolds } from "@mammo/ensemble";
import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { exchangeOf, oneStepScores, permutationP } from "../src/probe/permutationP.ts";

const random = keyedRandom(3, "permutation test");
const image = (patientId: string, laterality: "L" | "R", features: readonly number[] = []) => ({
  patientId,
  laterality,
  features: Float32Array.from(features),
});

/** Slow twin: the normal equations of centered features, by Gauss and Jordan. */
function ridgeSlowly(rows: readonly (readonly number[])[], labels: readonly number[], ridge: number): number[] {
  const width = rows[0]!.length;
  const system = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? ridge : 0)),
    rows.reduce((sum, row, at) => sum + row[i]! * labels[at]!, 0),
  ]);
  for (let pivot = 0; pivot < width; pivot++) {
    const line = system[pivot]!.map((value) => value / system[pivot]![pivot]!);
    for (let row = 0; row < width; row++) {
      const factor = system[row]![pivot]!;
      system[row] = row === pivot ? line : system[row]!.map((value, k) => value - factor * line[k]!);
    }
  }
  return system.map((line) => line[width]!);
}

describe("oneStepScores", () => {
  it.each([
    ["more features than images", 12, 20],
    ["fewer features than images", 40, 5],
  ])("is least squares on standardized features, folds held out: %s", (_, women, width) => {
    const images = Array.from({ length: women }, (_, k) => {
      const features = Array.from({ length: width }, (_, feature) => (feature === 2 ? 7 : random.normal() * (feature + 1)));
      return image(`w${k}`, "L", features);
    });
    const labels = images.map((_, k) => (k % 3 === 0 ? 1 : 0));
    const [found] = oneStepScores(images, [labels], { seed: 4, folds: 3, repeats: 2 });
    const expected = new Array<number>(women).fill(0);
    for (const seed of [4, 5]) {
      const foldOf = dealFolds(new Uint8Array(women), { groups: images.map(({ patientId }) => patientId), folds: 3, seed });
      for (let fold = 0; fold < 3; fold++) {
        const train = images.filter((_, k) => foldOf[k] !== fold).map(({ features }) => Array.from(features));
        const moments = Array.from({ length: width }, (_, k) => {
          const mean = train.reduce((sum, row) => sum + row[k]! / train.length, 0);
          const deviation = Math.sqrt(train.reduce((sum, row) => sum + (row[k]! - mean) ** 2 / train.length, 0));
          return [mean, deviation > 1e-9 ? deviation : Infinity] as const;
        });
        const standardized = (row: ArrayLike<number>) => moments.map(([mean, deviation], k) => (row[k]! - mean) / deviation);
        const weights = ridgeSlowly(
          train.map(standardized),
          labels.filter((_, k) => foldOf[k] !== fold),
          4 * width,
        );
        for (let k = 0; k < women; k++)
          if (foldOf[k] === fold) expected[k]! += standardized(images[k]!.features).reduce((sum, value, at) => sum + value * weights[at]!, 0);
      }
    }
    expectClose(Array.from(found!), expected, { absolute: 1e-9 });
  });
});

describe("exchangeOf", () => {
  const sides = (["L", "L", "R", "R"] as const).flatMap((laterality, k) => ["a", "b", "c", "d"].map((woman) => [woman, laterality, k] as const));
  // Four women with two images a side, and one with a single image, who has nobody to exchange with.
  const images = [...sides.map(([woman, laterality]) => image(woman, laterality)), image("e", "L")];
  const exchange = exchangeOf(images);
  const draw = (labelOf: (index: number) => number) =>
    Array.from({ length: 200 }, () =>
      exchange(
        images.map((_, index) => labelOf(index)),
        random,
      ),
    );
  const seenOf = (draws: readonly (readonly number[])[]) => new Set(draws.map((labels) => labels.join(""))).size;

  it("moves a trait of the woman with her", () => {
    const draws = draw((index) => (["a", "b"].includes(images[index]!.patientId) ? 1 : 0));
    for (const labels of draws) {
      for (const woman of ["a", "b", "c", "d"]) expect(new Set(labels.filter((_, index) => images[index]!.patientId === woman)).size).toBe(1);
      expect(labels.reduce((sum, label) => sum + label, 0)).toBe(8);
      expect(labels.at(-1)).toBe(0);
    }
    // Two of four.
    expect(seenOf(draws)).toBe(6);
  });

  it("turns a trait of the side within a woman, her images of one side together", () => {
    const draws = draw((index) => (images[index]!.laterality === "L" ? 1 : 0));
    for (const labels of draws)
      for (const woman of ["a", "b", "c", "d"]) {
        const [left, right] = (["L", "R"] as const).map((side) =>
          labels.filter((_, index) => images[index]!.patientId === woman && images[index]!.laterality === side),
        );
        expect([new Set(left).size, new Set(right).size, left![0]! + right![0]!]).toEqual([1, 1, 1]);
      }
    expect(seenOf(draws)).toBe(16);
  });

  it("turns a trait of single images within a breast", () => {
    const draws = draw((index) => (index < 4 || (index >= 8 && index < 12) ? 1 : 0));
    for (const labels of draws)
      for (const woman of ["a", "b", "c", "d"])
        expect(labels.filter((label, index) => label === 1 && images[index]!.patientId === woman)).toHaveLength(2);
    expect(seenOf(draws)).toBeGreaterThan(100);
  });
});

describe("permutationP", () => {
  it("is as low as the exchanges allow for a trait that is told by the side, and higher for one that is nowhere", () => {
    const settings = { seed: 1, folds: 5, repeats: 1, permutations: 19 };
    const images = Array.from({ length: 60 }, (_, k) =>
      image(`w${k >> 1}`, k % 2 === 0 ? "L" : "R", [random.normal() + 4 * (k % 2), random.normal(), random.normal()]),
    );
    expect(permutationP(images, images.map((_, k) => k % 2), settings)).toBe(0.05); // biome-ignore format: one line
    const noise = images.map((_, k) => (k >> 1) % 2);
    expect(permutationP(images, noise, { ...settings, permutations: 99 })).toBeGreaterThan(0.05);
  });
});
