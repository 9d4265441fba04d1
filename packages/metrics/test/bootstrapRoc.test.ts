import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { areaUnder, auroc, bootstrapRoc, dreamCompat, pairedDifference } from "../src/index.ts";

/** Women with two breasts each; both breasts share most of their score. */
function screening(women: number, seed: number) {
  const random = keyedRandom(seed);
  const uniform = () => random.below(1 << 20) / (1 << 20);
  const [labels, scores, other, clusters]: [number[], number[], number[], string[]] = [[], [], [], []];
  for (let woman = 0; woman < women; woman++) {
    const [shared, cancer] = [uniform(), uniform() < 0.3];
    for (let side = 0; side < 2; side++) {
      labels.push(cancer && side === 0 ? 1 : 0);
      scores.push(shared + 0.2 * uniform() + (cancer ? 0.3 : 0));
      other.push(uniform() + (cancer && side === 0 ? 0.2 : 0));
      clusters.push(`w${woman}`);
    }
  }
  return { labels, scores, other, clusters };
}

describe("bootstrapRoc", () => {
  const { labels, scores, other, clusters } = screening(150, 3);
  const statistics = { auroc: areaUnder };

  it("estimates what auroc computes and encloses it", () => {
    const { estimate, low, high } = bootstrapRoc({ labels, scores, clusters }, statistics, { seed: 1 }).auroc;
    expectClose(estimate, auroc(labels, scores), { absolute: 1e-12 });
    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
  });

  it("equals the slow way: rows of each drawn woman repeated, then auroc", () => {
    const names = [...new Set(clusters)];
    const random = keyedRandom(9, "bootstrap");
    const slow = Array.from({ length: 50 }, () => {
      const drawn = names.map(() => names[random.below(names.length)]!);
      const rows = drawn.flatMap((name) => clusters.flatMap((cluster, row) => (cluster === name ? [row] : [])));
      return auroc(
        rows.map((row) => labels[row]!),
        rows.map((row) => scores[row]!),
      );
    });
    expectClose(bootstrapRoc({ labels, scores, clusters }, statistics, { seed: 9, resamples: 50 }).auroc.replicates, slow, { absolute: 1e-12 });
  });

  it("gives the same numbers for the same seed, and others for another", () => {
    const run = (seed: number) => bootstrapRoc({ labels, scores, clusters }, statistics, { seed, resamples: 100 }).auroc;
    expect(run(5)).toEqual(run(5));
    expect(run(5).low).not.toBe(run(6).low);
  });

  it("draws by integer arithmetic only, so these numbers hold on every platform", () => {
    const small = { labels: [0, 1, 0, 1, 1, 0, 0, 1, 0, 0], scores: [0.1, 0.4, 0.35, 0.8, 0.3, 0.2, 0.6, 0.6, 0.05, 0.7] };
    expect(Array.from(bootstrapRoc(small, statistics, { seed: 5, resamples: 4 }).auroc.replicates)).toEqual([0.6190476190476191, 0.44, 0.25, 0.75]);
  });

  it("dreamCompat counts no woman twice, and is narrower", () => {
    const wide = bootstrapRoc({ labels, scores, clusters }, statistics, { seed: 2 }).auroc;
    const narrow = dreamCompat({ labels, scores, clusters }, statistics, { seed: 2 }).auroc;
    expect(narrow.high - narrow.low).toBeLessThan(0.9 * (wide.high - wide.low));
    // One negative above the positive, two below: the area is 1 less its share of the negatives drawn, each of them once.
    const few = { labels: [0, 1, 0, 0], scores: [3, 2, 1, 0] };
    const areas = new Set(dreamCompat(few, statistics, { seed: 2, resamples: 300 }).auroc.replicates);
    expectClose([...areas].filter((area) => !Number.isNaN(area)).sort(), [0, 1 / 2, 2 / 3, 1], { absolute: 1e-15 });
  });

  it("a paired difference of a score with itself is zero", () => {
    const run = (s: readonly number[]) => bootstrapRoc({ labels, scores: s, clusters }, statistics, { seed: 2, resamples: 200 }).auroc;
    expect(pairedDifference(run(scores), run(scores))).toMatchObject({ estimate: 0, low: 0, high: 0, p: 1 });
    const { estimate, low, high } = pairedDifference(run(scores), run(other));
    expectClose(estimate, auroc(labels, scores) - auroc(labels, other), { absolute: 1e-12 });
    expect(low < estimate && estimate < high).toBe(true);
  });

  it("refuses a single cluster", () => {
    expect(() => bootstrapRoc({ labels: [0, 1], scores: [1, 2], clusters: ["a", "a"] }, statistics, { seed: 1 })).toThrow(
      new RangeError("Expected at least 2 clusters to draw from, got 1"),
    );
  });
});
