import { type Calibrator, deciles, fitBeta, fitIsotonic, fitPlatt, fitScale, fitTemperature, fitVennAbers } from "@mammo/ensemble";
import { dreamNetDefaults } from "@mammo/models";
import { describe, expect, it } from "vitest";
import type { BundleMember } from "../src/bundle/bundleFile.ts";
import { levelScores } from "../src/bundle/levelScores.ts";

const scale = { name: "deciles", cuts: deciles };
const logits = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5];
const [rising, falling] = [
  [0, 0, 0, 1, 0, 1, 0, 1, 1, 1],
  [1, 1, 1, 0, 1, 0, 1, 0, 0, 0],
];

const fits: Readonly<Record<Calibrator["kind"], (scores: readonly number[], labels: readonly number[]) => Calibrator>> = {
  platt: fitPlatt,
  temperature: fitTemperature,
  isotonic: fitIsotonic,
  beta: fitBeta,
  "venn-abers": fitVennAbers,
};

describe("levelScores", () => {
  it.each(Object.entries(fits))("finds %s level where it was fitted to logits that fall with cancer, and not where they rise", (_, fit) => {
    expect(levelScores({ calibrator: fit(logits, falling), scale })).toMatch(/calibrator is level/);
    expect(levelScores({ calibrator: fit(logits, rising), scale })).toBeUndefined();
  });

  const level: readonly Calibrator[] = [
    { kind: "platt", slope: 0, intercept: -2 },
    { kind: "temperature", temperature: 1000 },
    { kind: "isotonic", scores: [0, 1], probabilities: [0.2, 0.2] },
    { kind: "beta", a: 0, b: 0, c: -1 },
    { kind: "venn-abers", scores: [0, 1], lower: [0.2, 0.2], upper: [0.3, 0.3] },
  ];
  const nearly: readonly Calibrator[] = [
    { kind: "platt", slope: 1e-9, intercept: -2 },
    { kind: "temperature", temperature: 999 },
    { kind: "temperature", temperature: 0.001 },
    { kind: "isotonic", scores: [0, 1], probabilities: [0.2, 0.21] },
    { kind: "beta", a: 0, b: 0.1, c: -1 },
    { kind: "beta", a: 0.1, b: 0, c: -1 },
    { kind: "venn-abers", scores: [0, 1], lower: [0.2, 0.25], upper: [0.3, 0.3] },
    { kind: "venn-abers", scores: [0, 1], lower: [0.2, 0.2], upper: [0.3, 0.35] },
  ];

  it.each(level)("knows a level calibrator: %j", (calibrator) => {
    expect(levelScores({ calibrator, scale })).toMatch(/calibrator is level/);
  });

  it.each(nearly)("leaves one alone that still tells exams apart: %j", (calibrator) => {
    expect(levelScores({ calibrator, scale })).toBeUndefined();
  });

  it("members that are all level are as bad as one calibrator that is, and one that is not saves them", () => {
    const member = { name: "m", family: "dreamNet", options: dreamNetDefaults, seed: 1, weightsSha256: "a".repeat(64) } as const;
    const members = (...calibrators: (Calibrator | undefined)[]) =>
      calibrators.map((calibrator): BundleMember => ({ ...member, ...(calibrator && { calibrator }) }));
    const calibrator = nearly[0]!;
    expect(levelScores({ calibrator, scale, members: members(level[0], level[3]) })).toMatch(/calibrator is level/);
    expect(levelScores({ calibrator, scale, members: members(level[0], nearly[0]) })).toBeUndefined();
    expect(levelScores({ calibrator, scale, members: members(level[0], undefined) })).toBeUndefined();
  });

  it("a fitted scale whose cuts are equal gives 1 or 10 only", () => {
    const calibrator = nearly[0]!;
    const spread = Array.from({ length: 20 }, (_, i) => (i + 0.5) / 20);
    const fitted = fitScale("s", spread, { sha256: "a".repeat(64) });
    expect(levelScores({ calibrator, scale: fitted })).toBeUndefined();
    const [at] = fitted.cuts;
    expect(levelScores({ calibrator, scale: { ...fitted, cuts: [at, at, at, at, at, at, at, at, at] } })).toMatch(/cuts of the scale are equal/);
  });
});
