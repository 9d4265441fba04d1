import { describe, expect, it } from "vitest";
import { bestStage } from "../src/recipes/dream/trainDream.ts";

const stage = (name: string, auroc?: number) => ({
  stage: name,
  ...(auroc === undefined ? {} : { validation: { auroc, partialAuroc: 0, specificityAtSensitivity80: 0, breasts: 10, cancers: 3 } }),
});

describe("the stage that is handed on", () => {
  it.each([
    ["the best on validation women", [stage("S1"), stage("S2-head", 0.7), stage("S2", 0.9), stage("S3", 0.8), stage("S4", 0.85)], "S2"],
    ["the later of equals", [stage("S1"), stage("S2-head", 1), stage("S2", 1), stage("S3", 1), stage("S4", 1)], "S4"],
    ["the last one where there is no area", [stage("S1"), stage("S2-head", Number.NaN), stage("S2", Number.NaN)], "S2"],
    ["the only one", [stage("S1"), stage("S2-head", 0.4)], "S2-head"],
  ] as const)("is %s", (_, stages, chosen) => {
    expect(bestStage(stages).chosen).toBe(chosen);
  });

  it("says which stages lost against one before them", () => {
    expect(bestStage([stage("S1"), stage("S2-head", 0.7), stage("S2", 0.9), stage("S3", 0.8), stage("S4", 0.85)]).defects).toEqual([
      "S3 ended at an AUROC of 0.800 on validation women, below the 0.900 of S2",
      "S4 ended at an AUROC of 0.850 on validation women, below the 0.900 of S2",
    ]);
    expect(bestStage([stage("S1"), stage("S2-head", 0.7), stage("S2", 0.7)]).defects).toEqual([]);
  });
});
