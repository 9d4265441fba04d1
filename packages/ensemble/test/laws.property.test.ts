import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assign,
  buildReport,
  calibrate,
  calibrateFinding,
  type Detection,
  deciles,
  findingsOfBreast,
  fitIsotonic,
  fitPlatt,
  fitScale,
  fitTemperature,
  logit,
  mergeDetections,
  placeInBreast,
  poolLogits,
  poolProbabilities,
  shiftPrevalence,
  startingPairModel,
  toScore,
  type ViewResult,
} from "../src/index.ts";

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const score = fc.double({ min: -30, max: 30, noNaN: true });
const labeled = fc
  .array(fc.tuple(fc.oneof(score, fc.integer({ min: -3, max: 3 })), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 60 })
  .map((cases) => ({ scores: cases.map(([s]) => s), labels: cases.map(([, l]) => l) }));
const box = fc
  .tuple(fc.nat(900), fc.nat(700), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }))
  .map(([top, left, height, width]) => ({ top, left, bottom: top + height, right: left + width }));
const views = ["CC", "MLO", "CC", "MLO", "XCCL", "ML", "CCID"] as const;
const peak = fc.record({ box, logOdds: score }, { requiredKeys: ["box", "logOdds"] });
/** Landmarks that are trusted, or not, or not there at all. */
const landmarks = fc.option(
  fc.record({
    mmPerPixel: fc.constant(0.25),
    nipple: fc.tuple(fc.nat(1000), fc.nat(700)),
    nippleConfidence: fc.constantFrom(0.9, 0.9, 0.9, 0.2),
    pectoral: fc.record({
      line: fc.constant([
        [0, 300],
        [900, 0],
      ] as const),
      confidence: fc.constantFrom(0.9, 0.9, 0.9, 0.2),
    }),
  }),
  { nil: undefined, freq: 4 },
);
const viewOf = (laterality: "L" | "R"): fc.Arbitrary<ViewResult> =>
  fc
    .record({ view: fc.constantFrom(...views), probability, peaks: fc.array(peak, { minLength: 1, maxLength: 5 }), landmarks })
    .map(({ view, probability, peaks, landmarks: seen }) => ({
      laterality,
      view,
      probability,
      peaks: seen === undefined ? peaks : peaks.map((given) => ({ ...given, place: placeInBreast(given.box, { laterality, view, ...seen }) })),
    }));
const findingCalibrator = fc
  .record({
    intercept: fc.constantFrom(-2, 0, 3),
    breast: fc.constantFrom(0, 0.3, 1, 4),
    view: fc.constantFrom(0, 0.3, 1, 4),
    peak: fc.constantFrom(0, 0.3, 1, 4),
  })
  .map((weights) => ({ kind: "finding calibrator" as const, ...weights }));
const breastOf = (laterality: "L" | "R") => fc.array(viewOf(laterality), { minLength: 1, maxLength: 5 });

describe("calibrators", () => {
  it.each([
    ["platt", fitPlatt],
    ["temperature", fitTemperature],
    ["isotonic", fitIsotonic],
  ])("%s: in [0, 1] and never falling", (_, fit) => {
    fc.assert(
      fc.property(labeled, fc.array(score, { minLength: 2, maxLength: 20 }), ({ scores, labels }, at) => {
        const fitted = fit(scores, labels);
        const values = [...at].sort((a, b) => a - b).map((value) => calibrate(fitted, value));
        values.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(i === 0 ? 0 : values[i - 1]!);
          expect(value).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it("platt: no step aside lowers the loss among lines that do not fall", () => {
    fc.assert(
      fc.property(labeled, ({ scores, labels }) => {
        const { slope, intercept } = fitPlatt(scores, labels);
        const positives = labels.filter((label) => label === 1).length;
        const target = (label: number) => (label === 1 ? (positives + 1) / (positives + 2) : 1 / (labels.length - positives + 2));
        const loss = (a: number, b: number) =>
          scores.reduce((sum, s, i) => {
            const z = a * s + b;
            return sum + Math.max(z, 0) - z * target(labels[i]!) + Math.log1p(Math.exp(-Math.abs(z)));
          }, 0);
        const best = loss(slope, intercept);
        const steps: readonly (readonly [number, number])[] = [
          [1e-3, 0],
          [0, 1e-3],
          [0, -1e-3],
          [slope >= 1e-3 ? -1e-3 : 0, 0],
        ];
        for (const [da, db] of steps) expect(loss(slope + da, intercept + db)).toBeGreaterThanOrEqual(best - 1e-9);
      }),
    );
  });

  it("isotonic: knots rise, and their weighted mean is the prevalence", () => {
    fc.assert(
      fc.property(labeled, ({ scores, labels }) => {
        const fitted = fitIsotonic(scores, labels);
        fitted.scores.slice(1).forEach((knot, i) => {
          expect(knot).toBeGreaterThan(fitted.scores[i]!);
        });
        const sum = scores.reduce((total, s) => total + calibrate(fitted, s), 0);
        expect(sum).toBeCloseTo(labels.filter((label) => label === 1).length, 8);
      }),
    );
  });

  it("shiftPrevalence there and back is the identity", () => {
    const inside = fc.double({ min: 1e-3, max: 1 - 1e-3, noNaN: true });
    fc.assert(
      fc.property(inside, inside, inside, (p, from, to) => {
        expect(shiftPrevalence(shiftPrevalence(p, { from, to }), { from: to, to: from })).toBeCloseTo(p, 9);
      }),
    );
  });
});

describe("poolProbabilities", () => {
  it("lies within its members and does not mind their order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), { minLength: 1, maxLength: 20 }), (members) => {
        for (const method of ["mean-logit", "mean-prob"] as const) {
          const pooled = poolProbabilities(members, { method });
          expect(pooled).toBeGreaterThanOrEqual(Math.min(...members) - 1e-12);
          expect(pooled).toBeLessThanOrEqual(Math.max(...members) + 1e-12);
          expect(poolProbabilities([...members].reverse(), { method })).toBeCloseTo(pooled, 12);
        }
      }),
    );
  });
});

describe("scores", () => {
  it("never fall, and each tenth of a reference without ties gets one of the ten", () => {
    fc.assert(
      fc.property(fc.uniqueArray(probability, { minLength: 20, maxLength: 200 }), (reference) => {
        const scale = fitScale("deciles", reference, { sha256: "a".repeat(64) });
        const scores = [...reference].sort((a, b) => a - b).map((p) => toScore(p, scale));
        scores.slice(1).forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(scores[i]!);
        });
        expect(new Set(scores).size).toBe(10);
        expect(scale.reference!.quantiles).toEqual(deciles);
      }),
    );
  });
});

describe("assign", () => {
  it("costs what trying all assignments costs, up to 6 x 6", () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
    const problem = sides.chain(([rows, columns]) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        cost: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: rows * columns, maxLength: rows * columns }),
      }),
    );
    fc.assert(
      fc.property(problem, ({ rows, columns, cost }) => {
        const columnOf = assign(cost, rows, columns);
        const used = [...columnOf].filter((column) => column !== -1);
        expect(used).toHaveLength(Math.min(rows, columns));
        expect(new Set(used).size).toBe(used.length);
        const total = columnOf.reduce((sum, column, row) => sum + (column === -1 ? 0 : cost[row * columns + column]!), 0);
        expect(total).toBe(cheapest(cost, rows, columns));
      }),
      { numRuns: 300 },
    );
  });
});

describe("consistency", () => {
  it("the highest finding of a breast has the pooled probability of its views, for any views and peaks", () => {
    fc.assert(
      fc.property(breastOf("L"), findingCalibrator, (breast, calibrator) => {
        const findings = findingsOfBreast(breast, { calibrator });
        expect(findings).toHaveLength(breast.reduce((sum, { peaks }) => sum + peaks.length, 0));
        expect(Math.max(...findings.map((finding) => finding.probability))).toBe(poolProbabilities(breast.map((view) => view.probability)));
        // Each says again what it came from, and peaks of one view keep their order.
        const breastLogit = poolLogits(breast.map(({ probability }) => logit(probability)));
        for (const { probability, below } of findings) expect(probability).toBe(calibrateFinding(calibrator, { breastLogit, below: below! }));
        for (const { probability, below } of findings)
          for (const other of findings)
            if (below!.view <= other.below!.view && below!.peak <= other.below!.peak) expect(probability).toBeLessThanOrEqual(other.probability);
      }),
    );
  });

  it("finding, lesion, breast and exam never contradict each other, in probability or score", () => {
    const scale = { name: "by hand", cuts: deciles };
    fc.assert(
      fc.property(fc.option(breastOf("L"), { nil: [] }), breastOf("R"), findingCalibrator, (left, right, calibrator) => {
        const findings = [left, right].filter((breast) => breast.length > 0).flatMap((breast) => findingsOfBreast(breast, { calibrator }));
        const report = buildReport({ study: "s", findings }, scale);
        const highest = (parts: readonly { probability: number }[]) => Math.max(...parts.map((part) => part.probability));
        const highestScore = (parts: readonly { score: number }[]) => Math.max(...parts.map((part) => part.score));
        expect(report.breasts).toHaveLength(left.length > 0 ? 2 : 1);
        expect([report.probability, report.score]).toEqual([highest(report.breasts), highestScore(report.breasts)]);
        for (const breast of report.breasts) {
          expect([breast.probability, breast.score]).toEqual([highest(breast.lesions), highestScore(breast.lesions)]);
          for (const lesion of breast.lesions)
            expect([lesion.probability, lesion.score]).toEqual([highest(lesion.findings), highestScore(lesion.findings)]);
        }
      }),
    );
  });

  it("lesions lose no finding and use none twice, are numbered by falling probability, and pair only what is trusted in CC and MLO of one breast", () => {
    const scale = { name: "by hand", cuts: deciles };
    // Takes any pair that may be one.
    const eager = { ...startingPairModel, intercept: 1e4 };
    let paired = 0;
    fc.assert(
      fc.property(breastOf("L"), breastOf("R"), findingCalibrator, (left, right, calibrator) => {
        const findings = [left, right].flatMap((breast) => findingsOfBreast(breast, { calibrator }));
        const { breasts } = buildReport({ study: "s", findings }, scale, { model: eager, maxPnlDifference: Infinity });
        const lesions = breasts.flatMap((breast) => breast.lesions);
        const used = lesions.flatMap((lesion) => lesion.findings.map(({ score: _, ...finding }) => finding));
        const known = (given: readonly unknown[]) => given.map((one) => JSON.stringify(one)).sort();
        expect(known(used)).toEqual(known(findings));
        const byNumber = [...lesions].sort((a, b) => a.number - b.number);
        expect(byNumber.map(({ number }) => number)).toEqual(lesions.map((_, i) => i + 1));
        for (const [i, { probability }] of byNumber.entries()) expect(probability).toBeLessThanOrEqual(byNumber[Math.max(0, i - 1)]!.probability);
        for (const {
          findings: [cc, mlo, ...more],
          pairProbability,
        } of lesions) {
          expect(pairProbability === undefined).toBe(mlo === undefined);
          if (!cc || !mlo) continue;
          paired++;
          expect([cc.view.slice(0, 2), mlo.view.slice(0, 3), cc.laterality, more]).toEqual(["CC", "MLO", mlo.laterality, []]);
          expect([cc.place!.trusted, mlo.place!.trusted]).toEqual([true, true]);
        }
      }),
    );
    expect(paired).toBeGreaterThan(20);
  });
});

describe("mergeDetections", () => {
  const detections: fc.Arbitrary<Detection[][]> = fc.array(
    fc.array(fc.record({ box, label: fc.constantFrom(1, 2), score: fc.double({ min: 0.01, max: 1, noNaN: true }) }), { maxLength: 6 }),
    { minLength: 1, maxLength: 4 },
  );

  it("keeps each fused box within its class's boxes and never raises the highest score", () => {
    fc.assert(
      fc.property(detections, (perModel) => {
        const before = JSON.stringify(perModel);
        const all = perModel.flat();
        for (const merged of mergeDetections(perModel)) {
          const same = all.filter(({ label }) => label === merged.label);
          expect(merged.score).toBeLessThanOrEqual(Math.max(...same.map((one) => one.score)) + 1e-12);
          expect(merged.box.top).toBeGreaterThanOrEqual(Math.min(...same.map((one) => one.box.top)) - 1e-9);
          expect(merged.box.right).toBeLessThanOrEqual(Math.max(...same.map((one) => one.box.right)) + 1e-9);
        }
        expect(JSON.stringify(perModel)).toBe(before);
      }),
    );
  });

  it("gives back one model's boxes that do not overlap", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(20), { minLength: 1 }), (places) => {
        const alone = places.map((place) => ({ box: { top: 50 * place, left: 0, bottom: 50 * place + 40, right: 40 }, label: 1, score: 0.5 }));
        const boxes = (list: readonly Detection[]) => list.map((one) => one.box.top).sort((a, b) => a - b);
        expect(boxes(mergeDetections([alone]))).toEqual(boxes(alone));
      }),
    );
  });
});

/** All assignments, one row after the other. */
function cheapest(cost: readonly number[], rows: number, columns: number, row = 0, used = 0, skipped = 0): number {
  if (row === rows) return 0;
  let best = rows - skipped > columns ? cheapest(cost, rows, columns, row + 1, used, skipped + 1) : Infinity;
  for (let column = 0; column < columns; column++)
    if (!(used & (1 << column)))
      best = Math.min(best, cost[row * columns + column]! + cheapest(cost, rows, columns, row + 1, used | (1 << column), skipped));
  return best;
}
