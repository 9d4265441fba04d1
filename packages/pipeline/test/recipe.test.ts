import { describe, expect, it } from "vitest";
import { parseRecipe, recipeNames, trainingConfig } from "../src/node.ts";
import { splitInstances } from "../src/recipes/dream/splitInstances.ts";
import { film } from "./film.ts";

describe("recipes", () => {
  it("are read again from what they print, and a file says only what differs", () => {
    for (const recipe of recipeNames)
      expect(parseRecipe(JSON.parse(JSON.stringify(trainingConfig({ recipe })))), recipe).toEqual(trainingConfig({ recipe }));
    const { families, ...rest } = trainingConfig();
    expect(parseRecipe({ folds: 3, families: { retinaNet: { steps: 7 } } })).toEqual({
      ...rest,
      folds: 3,
      families: { ...families, retinaNet: { ...families.retinaNet, steps: 7 } },
    });
    // As many steps as asked for, at least one.
    expect(trainingConfig({ stepScale: 1e-6 }).stages.S1.steps).toBe(1);
    expect(trainingConfig({ stepScale: 2 }).families.retinaNet.steps).toBe(2 * trainingConfig().families.retinaNet.steps);
  });

  it.each<[string, unknown, RegExp]>([
    ["no object", [], /Expected the recipe of the recipe to be an object/],
    ["a field that is none", { wimen: 3 }, /an object of women, width, split/],
    ["a stage that is none", { stages: { S9: { steps: 1 } } }, /Expected stages of the recipe to be an object of S1, S2-head/],
    ["half a step", { stages: { S1: { steps: 0.5 } } }, /stages.S1.steps of the recipe to be a whole number above 0/],
    ["no fold", { folds: 0 }, /folds of the recipe to be a whole number above 0/],
    ["a rate below 0", { families: { caracNet: { learningRate: -1 } } }, /learningRate of the recipe to be a number above 0/],
    ["null", { women: null }, /women of the recipe to be a whole number/],
    ["a width above 1", { width: 2 }, /width of the recipe to be a number in \(0, 1\]/],
    ["shares that are more than all", { split: { test: 0.9 } }, /split of the recipe to be three shares that sum to 1/],
    ["the name of every object's function", { toString: 1 }, /and nothing else/],
  ])("are refused with %s", (_, json, message) => {
    expect(() => parseRecipe(json)).toThrow(
      expect.objectContaining({ name: "PipelineError", code: "recipe", message: expect.stringMatching(message) }),
    );
  });
});

describe("splitInstances", () => {
  const views = Array.from({ length: 60 }, (_, woman) => [
    film(`w${woman}`, woman % 3 === 0 ? 1 : 0),
    film(`w${woman}`, 0, {}, { laterality: "R" }),
  ]).flat();
  const women = (own: readonly { readonly patientId: string }[]) => new Set(own.map(({ patientId }) => patientId));
  const split = { train: 0.56, validation: 0.16, test: 0.28 };

  it("no woman is in two parts; each that does not test validates once a seed; all instances have the same test women", () => {
    const { test, instances } = splitInstances(views, { split, folds: 4, seeds: 2 }, 7);
    expect(instances.map(({ fold }) => fold)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(new Set(instances.map(({ seed }) => seed)).size).toBe(2);
    expect(instances[0]!.seed).toBe(7);
    const tested = women(test);
    expect(tested.size).toBeCloseTo(60 * 0.28, -0.5);
    for (const { train, validation } of instances) {
      const [own, held] = [women(train), women(validation)];
      expect([...own].some((id) => held.has(id) || tested.has(id)) || [...held].some((id) => tested.has(id))).toBe(false);
      expect(own.size + held.size + tested.size).toBe(60);
    }
    const held = instances.slice(0, 4).flatMap(({ validation }) => [...women(validation)]);
    expect([held.length, new Set(held).size]).toEqual([60 - tested.size, 60 - tested.size]);
  });

  it("is the plain split with one fold, whose instances differ in their seed", () => {
    const { instances } = splitInstances(views, { split, folds: 1, seeds: 3 }, 7);
    expect(instances.map(({ fold }) => fold)).toEqual([undefined, undefined, undefined]);
    expect(instances[1]!.train).toEqual(instances[0]!.train);
    expect(new Set(instances.map(({ seed }) => seed)).size).toBe(3);
  });

  it("refuses folds that nothing with cancer is left outside of", () => {
    const few = [film("a", 1), film("b", 0), film("c", 0), film("d", 0), film("e", 1)];
    expect(() => splitInstances(few, { split: { train: 0.2, validation: 0.2, test: 0.6 }, folds: 2, seeds: 1 }, 1)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/one-class/) }),
    );
  });
});
