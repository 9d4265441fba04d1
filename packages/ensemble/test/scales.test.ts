import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildReport, findingsOfBreast, fitRiskScale, fitScale, riskByScore, scaleStability, sigmoid, toScore } from "../src/index.ts";

const sha256 = "a".repeat(64);

/** Calibrated by construction: each case is ill with its own probability. */
function reference(count: number, seed: number) {
  const random = keyedRandom(seed, "scale");
  const probabilities = Array.from({ length: count }, () => sigmoid(1.6 * random.normal() - 3));
  return { probabilities, labels: probabilities.map((p) => Number(random.chance(p))) };
}

const cases = fc
  .array(fc.tuple(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.1, 0.5, 1)), fc.constantFrom(0, 1)), {
    minLength: 50,
    maxLength: 90,
  })
  .filter((all) => new Set(all.map(([, label]) => label)).size === 2)
  .map((all) => ({ probabilities: all.map(([p]) => p), labels: all.map(([, label]) => label) }));

describe("fitRiskScale", () => {
  it("has its anchors: the best compromise at 6, the wanted predictive value below 4", () => {
    const { probabilities, labels } = reference(5000, 1);
    const scale = fitRiskScale("risk", probabilities, labels, { sha256 });
    const below = probabilities.flatMap((p, i) => (toScore(p, scale) < 4 ? [labels[i]!] : []));
    expect(1 - below.reduce((sum, label) => sum + label, 0) / below.length).toBeGreaterThanOrEqual(0.98);
    const youden = (cut: number) => {
      const [sick, well] = [1, 0].map((label) => probabilities.filter((_, i) => labels[i] === label)) as [number[], number[]];
      return sick.filter((p) => p >= cut).length / sick.length + well.filter((p) => p < cut).length / well.length;
    };
    const best = Math.max(...probabilities.slice(0, 800).map(youden));
    expect(youden(scale.cuts[4])).toBeGreaterThanOrEqual(best);
    const risks = riskByScore(scale, probabilities, labels);
    expect(risks.reduce((sum, { cases }) => sum + cases, 0)).toBe(5000);
    expect(Math.min(...risks.map(({ cases }) => cases))).toBeGreaterThan(0);
    expect(risks[9]!.risk).toBeGreaterThan(risks[5]!.risk);
    expect(risks[5]!.risk).toBeGreaterThan(risks[2]!.risk);
  });

  it("weighs an enriched reference to the prevalence of screening: more may score below 4", () => {
    const { probabilities, labels } = reference(5000, 2);
    const asIs = fitRiskScale("risk", probabilities, labels, { sha256 });
    const screening = fitRiskScale("risk", probabilities, labels, { sha256, prevalence: 0.005 });
    expect(screening.cuts[2]).toBeGreaterThan(asIs.cuts[2]);
    expect(screening.cuts[4]).toBe(asIs.cuts[4]);
  });

  it("cuts never fall, whatever the reference, and levels never contradict each other on it", () => {
    const box = { top: 0, left: 0, bottom: 1, right: 1 };
    fc.assert(
      fc.property(
        cases,
        fc.array(fc.tuple(fc.constantFrom("L" as const, "R" as const), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 6 }),
        ({ probabilities, labels }, images) => {
          let scale: ReturnType<typeof fitRiskScale>;
          try {
            scale = fitRiskScale("risk", probabilities, labels, { sha256 });
          } catch (error) {
            // An honest refusal: not even the lowest cases are healthy often enough.
            expect((error as Error).message).toMatch(/negative predictive value 0.98, got none/);
            return;
          }
          scale.cuts.forEach((cut, i) => {
            expect(cut).toBeGreaterThanOrEqual(i === 0 ? 0 : scale.cuts[i - 1]!);
          });
          // Image-level nets: one probability a view, one peak.
          const breasts = (["L", "R"] as const)
            .map((side) => images.filter(([laterality]) => laterality === side))
            .filter((views) => views.length > 0);
          const findings = breasts.flatMap((views) =>
            findingsOfBreast(views.map(([laterality, probability]) => ({ laterality, view: "CC", probability, peaks: [{ box, logOdds: 0 }] }))),
          );
          const report = buildReport({ study: "s", findings }, scale);
          expect(report.score).toBe(Math.max(...report.breasts.map(({ score }) => score)));
          expect(report.score).toBe(
            Math.max(...report.breasts.flatMap(({ lesions }) => lesions.flatMap((lesion) => lesion.findings.map(({ score }) => score)))),
          );
        },
      ),
    );
  });
});

describe("riskByScore", () => {
  it("gives Wilson's intervals", () => {
    const scale = { name: "s", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] } as const;
    const [first, second] = riskByScore(scale, new Array(10).fill(0), [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    // Wilson 1927 for 2 of 10.
    expectClose([first!.risk, first!.low, first!.high], [0.2, 0.0566822, 0.5098375], { absolute: 1e-6 });
    expect([second!.cases, second!.low, second!.high]).toEqual([0, 0, 1]);
  });
});

describe("scaleStability", () => {
  it("moves fewer than 2 % of exams by more than one score, on 5,000 exams, both scales", () => {
    const { probabilities, labels } = reference(5000, 3);
    const pick = (of: readonly number[], sample: readonly number[]) => sample.map((i) => of[i]!);
    const byDeciles = scaleStability(
      fitScale("deciles", probabilities, { sha256 }),
      probabilities,
      (sample) => fitScale("again", pick(probabilities, sample), { sha256 }),
      {
        seed: 1,
        resamples: 20,
      },
    );
    expect(byDeciles.movedFar).toBeLessThan(0.02);
    const byRisk = scaleStability(
      fitRiskScale("risk", probabilities, labels, { sha256 }),
      probabilities,
      (sample) => fitRiskScale("again", pick(probabilities, sample), pick(labels, sample), { sha256 }),
      { seed: 1, resamples: 20 },
    );
    expect(byRisk.failed).toBe(0);
    expect(byRisk.moved).toBeGreaterThan(0);
    expect(byRisk.movedFar).toBeLessThan(0.02);
  });
});
