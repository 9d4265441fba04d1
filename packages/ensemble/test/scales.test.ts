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

  it("cuts at the quantiles that it names, by hand", () => {
    // A hundred cases; ill are three low ones and all from 0.6 on. Below 0.1 none is ill, below any higher cut more than 2 %.
    const probabilities = Array.from({ length: 100 }, (_, i) => i / 100);
    const labels = probabilities.map((_, i) => Number((i >= 10 && i < 13) || i >= 60));
    const { cuts, reference } = fitRiskScale("risk", probabilities, labels, { sha256 });
    // Thirds of ten; the middle of fifty; 40, 65, 85 and 95 % of forty.
    expectClose(cuts, [0.03, 0.06, 0.1, 0.345, 0.6, 0.756, 0.8535, 0.9315, 0.9705], { absolute: 1e-12 });
    expectClose(reference!.quantiles, [0.03, 0.06, 0.1, 0.35, 0.6, 0.76, 0.86, 0.94, 0.98], { absolute: 1e-12 });
    expect(reference).toMatchObject({ sha256, cases: 100 });
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
    expect(second).toEqual({ score: 2, cases: 0, positives: 0, risk: Number.NaN, low: 0, high: 1 });
    const all = riskByScore(scale, [0, 0, 0.95, 0.95, 0.95], [0, 0, 1, 1, 1]);
    // None of 2 and 3 of 3: one end is the end of all, the other z² / (n + z²) from it.
    const inside = (n: number) => 1.959963984540054 ** 2 / (n + 1.959963984540054 ** 2);
    expectClose([all[0]!.low, all[0]!.high, all[9]!.low, all[9]!.high], [0, inside(2), 1 - inside(3), 1], { absolute: 1e-9 });
    expect([all[9]!.score, all[9]!.cases, all[9]!.positives]).toEqual([10, 3, 3]);
  });
});

describe("scaleStability", () => {
  it("counts cases that move, and those that move by more than one, by hand", () => {
    const by = (steps: number) => ({ name: "s", cuts: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => Math.min(1, (k + steps) / 10)) as unknown as Cuts });
    type Cuts = Parameters<typeof toScore>[1]["cuts"];
    const probabilities = [0.35, 0.45, 0.55, 0.65];
    /** The scales of the resamples in turn. */
    const stability = (moves: readonly number[]) => {
      let r = 0;
      return scaleStability(by(0), probabilities, () => by(moves[r++]!), { seed: 1, resamples: moves.length });
    };
    expect(stability([0, 1])).toEqual({ moved: 0.5, movedFar: 0, movedFarWorst: 0, resamples: 2, failed: 0 });
    expect(stability([0, 0, 0, 2])).toEqual({ moved: 0.25, movedFar: 0.25, movedFarWorst: 1, resamples: 4, failed: 0 });
    // The second worst of 30 is the worst of 20.
    const worst = (far: number) => stability(Array.from({ length: 30 }, (_, k) => (k < far ? 2 : 0))).movedFarWorst;
    expect([worst(1), worst(2)]).toEqual([0, 1]);
    let tries = 0;
    const half = () => {
      if (tries++ % 2 === 0) throw new RangeError("none");
      return by(2);
    };
    expect(scaleStability(by(0), probabilities, half, { seed: 1 })).toMatchObject({ resamples: 200, failed: 100, movedFarWorst: 1 });
  });

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
