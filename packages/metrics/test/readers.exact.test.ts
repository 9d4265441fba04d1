import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { fTail } from "../src/distributions/fisher.ts";
import { studentTwoSided } from "../src/distributions/student.ts";
import { aiVersusReaders, dbmComponents, delong, delongUnpaired, mrmc, mrmcCases, mrmcPower, partialAreaUnder, type RocCurve } from "../src/index.ts";
import { estimators, exactAiVersusReaders, exactMrmc, kernelOf, toNumber } from "./exactStudy.ts";

const random = keyedRandom("exact studies");
const close = { relative: 1e-9 };
type Kind = "identical" | "perfect" | "reversed" | "tied" | "one pair apart" | "a few pairs apart" | "one apart, one perfect" | "different";
const kinds: readonly Kind[] = [
  "identical",
  "perfect",
  "reversed",
  "tied",
  "one pair apart",
  "a few pairs apart",
  "one apart, one perfect",
  "different",
];

/** Positives first. Scores are whole numbers, so that neighbors can be exchanged. */
function study(positives: number, negatives: number) {
  const labels = [...Array<number>(positives).fill(1), ...Array<number>(negatives).fill(0)];
  const draw = (gain: number) => labels.map((label) => 2 * random.whole(0, 40) + gain * label);
  /** One positive and one negative that are neighbors by score change places: one pair won more or less. */
  const exchanged = (scores: readonly number[]): number[] => {
    const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
    const at = order.findIndex((i, k) => k > 0 && labels[i] !== labels[order[k - 1]!] && scores[i] !== scores[order[k - 1]!]);
    const [a, b] = [order[at - 1]!, order[at]!];
    return scores.with(a, scores[b]!).with(b, scores[a]!);
  };
  const perfect = () => labels.map((label) => random.whole(0, 5) + 10 * label);
  function readers(kind: Kind, J: number): number[][] {
    const base = draw(18);
    const all = Array.from({ length: J }, () => [...base]);
    if (kind === "perfect") return all.map(perfect);
    if (kind === "reversed") return all.map(() => perfect().map((score) => -score));
    if (kind === "tied") return all.map(() => labels.map(() => 3));
    if (kind === "different") return all.map(() => draw(18));
    if (kind === "one pair apart") return all.with(J - 1, exchanged(base));
    if (kind === "a few pairs apart")
      return all.map((scores, j) => (j % 3 === 0 ? exchanged(exchanged(scores)) : j % 3 === 1 ? exchanged(scores) : scores));
    if (kind === "one apart, one perfect") return all.with(0, exchanged(base)).with(1, perfect());
    return all;
  }
  return { labels, draw, readers, exchanged };
}

const studies = kinds.flatMap((kind, k) => [3, 4 + k, 14].map((J) => [kind, J] as const));

describe("reader studies against exact arithmetic", () => {
  it.each(studies)("readers %s, %i of them", (kind, J) => {
    const { labels, draw, readers } = study(6, 8);
    const kernels = (list: readonly (readonly number[])[]) => list.map((scores) => kernelOf(labels, scores));
    const [unaided, other] = [readers(kind, J), readers(kind, J)];
    for (const covariance of ["delong", "unbiased", "jackknife"] as const) {
      if (covariance !== "delong" && J > 5) continue;
      for (const ai of [draw(20), unaided[0]!]) {
        const slow = exactAiVersusReaders(kernelOf(labels, ai), kernels(unaided), estimators[covariance]);
        const fast = aiVersusReaders(labels, ai, unaided, { covariance });
        expectClose(fast.difference.estimate, toNumber(slow.estimate), close);
        expectClose(fast.difference.standardError, Math.sqrt(toNumber(slow.squared)), close);
        expectClose(fast.degreesOfFreedom, slow.df, close);
        const t = toNumber(slow.estimate) / Math.sqrt(toNumber(slow.squared));
        expectClose(fast.p, slow.estimate[0] === 0n ? 1 : studentTwoSided(t, slow.df), close);
        expect([fast.difference.low, fast.difference.high].every(Number.isFinite)).toBe(true);
      }
      for (const aided of [other, unaided.map((scores) => scores.map((score, i) => score + labels[i]!)), unaided]) {
        const slow = exactMrmc([kernels(unaided), kernels(aided)], estimators[covariance]);
        const study = mrmc(labels, [unaided, aided], { covariance });
        const fast = study.randomReadersRandomCases;
        expectClose(fast.statistic, slow.statistic, close);
        expectClose(fast.differences[0]!.standardError, Math.sqrt(toNumber(slow.squared)), close);
        expectClose(fast.df2, slow.df, close);
        expectClose(fast.p, fTail(slow.statistic, 1, slow.df), close);
        const power = mrmcPower(study, { difference: 0.05, readers: 5, cases: 200, pilotCases: 14 });
        expect(power >= 0.05 && power <= 1).toBe(true);
      }
    }
  });

  it("keeps its digits where 3 readers of 2040 cases differ by one pair", () => {
    const { labels, readers, draw } = study(40, 2000);
    const list = readers("one pair apart", 3);
    const ai = draw(25);
    const slow = exactAiVersusReaders(
      kernelOf(labels, ai),
      list.map((scores) => kernelOf(labels, scores)),
      estimators.delong,
    );
    const fast = aiVersusReaders(labels, ai, list);
    expectClose([fast.difference.standardError, fast.degreesOfFreedom], [Math.sqrt(toNumber(slow.squared)), slow.df], close);
    expect(slow.df).toBeGreaterThan(1e9);
    // The jackknife is near, by its own exact numerators.
    expectClose(aiVersusReaders(labels, ai, list, { covariance: "jackknife" }).difference.standardError, fast.difference.standardError, {
      relative: 0.05,
    });
  });
});

describe("what does not vary", () => {
  const { labels, draw, readers } = study(12, 20);
  const statistic = (curve: RocCurve) => partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true });

  it.each([3, 6, 10, 14])("partial areas of %i perfect readers are alike, though each is rounded in its own way", (J) => {
    const perfect = readers("perfect", J);
    const found = aiVersusReaders(labels, draw(30), perfect, { covariance: "jackknife", statistic });
    expect(found.degreesOfFreedom).toBe(Infinity);
    expect(Math.abs(found.difference.low) < 1 && Math.abs(found.difference.high) < 1).toBe(true);
    const pilot = mrmc(labels, [perfect, readers("perfect", J)], { covariance: "jackknife", statistic });
    expect(pilot.randomReadersRandomCases).toMatchObject({ statistic: 0, df2: Infinity, p: 1 });
    expect(mrmcPower(pilot, { difference: 0.05, readers: 5, cases: 100, pilotCases: 32 })).toBe(1);
    expect(mrmcPower(pilot, { difference: 0, readers: 5, cases: 100, pilotCases: 32 })).toBeCloseTo(0.05, 12);
    expect(mrmcCases(pilot, { difference: 0.05, readers: 5, pilotCases: 32 })).toBe(2);
    expect(Object.values(dbmComponents(pilot, 32)).every(Number.isFinite)).toBe(true);
  });

  it("a difference without any variance is certain, equality is 1", () => {
    const [perfect, tied] = [readers("perfect", 2)[0]!, labels.map(() => 1)];
    for (const covariance of ["delong", "unbiased", "jackknife"] as const) {
      expect(aiVersusReaders(labels, tied, [perfect, perfect], { covariance })).toMatchObject({
        p: 0,
        difference: { estimate: -0.5, low: -0.5, high: -0.5 },
      });
      expect(aiVersusReaders(labels, perfect, [perfect, perfect], { covariance })).toMatchObject({
        p: 1,
        difference: { estimate: 0, low: 0, high: 0 },
      });
      expect(
        mrmc(
          labels,
          [
            [perfect, perfect],
            [tied, tied],
          ],
          { covariance },
        ).randomReadersRandomCases,
      ).toMatchObject({ p: 0, df2: Infinity });
    }
    expect(delong(labels, perfect, tied)).toMatchObject({ p: 0, difference: 0.5, low: 0.5, high: 0.5 });
    expect(delongUnpaired({ labels, scores: perfect }, { labels, scores: perfect })).toMatchObject({ p: 1, t: 0, low: 0, high: 0 });
    expect(delongUnpaired({ labels, scores: perfect }, { labels, scores: tied })).toMatchObject({ p: 0, low: 0.5, high: 0.5 });
  });
});
