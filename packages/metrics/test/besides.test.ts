// What stands beside the main number: p, standard errors, degrees of freedom, published tables, the corners of ranges.
import { keyedRandom, quantile } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { studentCritical, studentTwoSided } from "../src/distributions/student.ts";
import {
  aiVersusReaders,
  areaCovariance,
  type BootstrapEstimate,
  bcscBenchmarks,
  brierParts,
  brierScore,
  calibrationSlope,
  combineScores,
  contrast,
  delongInterval,
  delongUnpaired,
  isAcceptable,
  mrmc,
  mrmcPower,
  murphyParts,
  pairedDifference,
  type ScreeningAudit,
  wafrocArea,
} from "../src/index.ts";

const random = keyedRandom(23);
const uniform = () => random.below(2 ** 30) / 2 ** 30;
const labels = Array.from({ length: 90 }, (_, i) => Number(i % 3 === 0));
const read = (gain: number) => labels.map((label) => uniform() + gain * label);
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("contrast", () => {
  const drawn = (estimate: number, replicates: readonly number[]): BootstrapEstimate => ({
    ...{ estimate, low: 0, high: 0, standardError: 0, undefinedResamples: 0, draws: "these" },
    replicates: Float64Array.from(replicates),
  });
  const half = drawn(0.5, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);

  it("p is twice the rarer side with one to spare, of either sign", () => {
    // Of nine differences one is below 0, eight above: (1 + 1) / (1 + 9), doubled.
    const better = drawn(0.6, [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.4]);
    expectClose([pairedDifference(better, half).p, pairedDifference(half, better).p], [0.4, 0.4], { absolute: 1e-12 });
    expectClose([pairedDifference(better, half).estimate, pairedDifference(half, better).estimate], [0.1, -0.1], { absolute: 1e-12 });
    // None on the other side: 2 / 10.
    expectClose(pairedDifference(drawn(0.6, Array(9).fill(0.7)), half).p, 0.2, { absolute: 1e-12 });
    expectClose(pairedDifference(half, drawn(0.6, Array(9).fill(0.7))).p, 0.2, { absolute: 1e-12 });
    // A difference of 0 is on both sides.
    expectClose(pairedDifference(drawn(0.6, [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.5, 0.4]), half).p, 0.6, { absolute: 1e-12 });
    expect(pairedDifference(drawn(0.5, [0.4, 0.4, 0.4, 0.4, 0.5, 0.6, 0.6, 0.6, 0.6]), half).p).toBe(1);
  });

  it("has the percentiles, the spread and the count of what is defined", () => {
    const values = [0.1, 0.2, 0.3, 0.4, NaN, 0.6, 0.7, 0.8, 0.9];
    const found = contrast([drawn(0.5, values)], [2], { confidence: 0.8 });
    const defined = Float64Array.from(values.filter((value) => !Number.isNaN(value)).map((value) => 2 * value));
    expect([found.estimate, found.undefinedResamples, found.draws, found.replicates.length]).toEqual([1, 1, "these", 9]);
    expectClose([found.low, found.high], [quantile(defined, 0.1), quantile(defined, 0.9)], { absolute: 1e-12 });
    const mean = average([...defined]);
    expectClose(found.standardError, Math.sqrt(defined.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7), { absolute: 1e-12 });
    expectClose(found.p, 2 / 9, { absolute: 1e-12 });
    expect(contrast([drawn(0.5, [NaN, NaN])], [1]).p).toBeNaN();
    expect(() => contrast([], [])).toThrow(RangeError);
    expect(() => contrast([half], [1], { confidence: 1 })).toThrow(RangeError);
  });
});

describe("aiVersusReaders (Hillis 2005, slow twin from the covariance matrix)", () => {
  it.each([2, 3, 6])("%i readers: standard error, degrees of freedom, p and interval", (J) => {
    const [ai, readers] = [read(0.5), Array.from({ length: J }, (_, j) => read(0.2 + 0.2 * j))];
    for (const confidence of [0.95, 0.8]) {
      const { areas, covariance } = areaCovariance(labels, [ai, ...readers]);
      const found = aiVersusReaders(labels, ai, readers, { confidence });
      const gaps = readers.map((_, j) => areas[0]! - areas[j + 1]!);
      const gap = average(gaps);
      const meanSquare = gaps.reduce((sum, one) => sum + (one - gap) ** 2, 0) / (J - 1);
      const gapCovariance = (a: number, b: number) => covariance[0]![0]! - covariance[0]![a]! - covariance[0]![b]! + covariance[a]![b]!;
      const pairs = readers.flatMap((_, a) => readers.flatMap((__, b) => (a === b ? [] : [gapCovariance(a + 1, b + 1)])));
      const sum = meanSquare + J * Math.max(average(pairs), 0);
      const df = (sum / meanSquare) ** 2 * (J - 1);
      const standardError = Math.sqrt(sum / J);
      const half = studentCritical(1 - confidence, df) * standardError;
      expectClose(
        [found.difference.estimate, found.difference.standardError, found.degreesOfFreedom, found.p, found.difference.low, found.difference.high],
        [gap, standardError, df, studentTwoSided(gap / standardError, df), gap - half, gap + half],
        { relative: 1e-9, absolute: 1e-12 },
      );
    }
  });

  it("a covariance below 0 counts as none", () => {
    // Two readers whose gaps to the algorithm move against each other, by the jackknife of few cases.
    const few = [1, 1, 1, 0, 0, 0];
    const found = aiVersusReaders(few, [1, 1, 1, 1, 1, 1], [[3, 1, 2, 2, 0, 1], [1, 3, 2, 0, 2, 1]]); // biome-ignore format: two readers
    const { covariance } = areaCovariance(few, [[1, 1, 1, 1, 1, 1], [3, 1, 2, 2, 0, 1], [1, 3, 2, 0, 2, 1]]); // biome-ignore format: two readers
    expect(covariance[1]![2]!).toBeLessThan(0);
    // Both areas are alike, and nothing else is left.
    expect([found.difference.standardError, found.degreesOfFreedom]).toEqual([0, Infinity]);
  });
});

describe("mrmc's means, one treatment at a time", () => {
  // Readers who see the same cases alike: their covariance is above 0.
  const cases = labels.map(uniform);
  const alike = (gain: number) => labels.map((label, i) => cases[i]! + 0.5 * uniform() + gain * label);
  const ratings = [[alike(0.8), alike(0.7), alike(0.9)], [alike(0.4), alike(0.2), alike(0.3)]]; // biome-ignore format: two treatments
  const { areas, randomReadersRandomCases, fixedReadersRandomCases, randomReadersFixedCases } = mrmc(labels, ratings, { confidence: 0.9 });

  it("have the variances and degrees of freedom of Hillis (2007)", () => {
    for (const [i, readers] of ratings.entries()) {
      const { covariance } = areaCovariance(labels, readers);
      const mean = average(areas[i]!);
      const meanSquare = areas[i]!.reduce((sum, area) => sum + (area - mean) ** 2, 0) / 2;
      const variance = average([0, 1, 2].map((j) => covariance[j]![j]!));
      const cov2 = average([covariance[0]![1]!, covariance[0]![2]!, covariance[1]![2]!]);
      expect(cov2).toBeGreaterThan(0);
      const sum = meanSquare + 3 * cov2;
      const expected = [
        [randomReadersRandomCases, sum / 3, (sum / meanSquare) ** 2 * 2],
        [fixedReadersRandomCases, (variance + 2 * cov2) / 3, Infinity],
        [randomReadersFixedCases, meanSquare / 3, 2],
      ] as const;
      for (const [test, squared, df] of expected) {
        const half = studentCritical(0.1, df) * Math.sqrt(squared);
        const { estimate, standardError, low, high } = test.means[i]!;
        expectClose([estimate, standardError, low, high], [mean, Math.sqrt(squared), mean - half, mean + half], { relative: 1e-9 });
      }
    }
  });

  it("the three tests have their degrees of freedom, and differences one way", () => {
    expect([randomReadersRandomCases.df1, fixedReadersRandomCases.df1, fixedReadersRandomCases.df2, randomReadersFixedCases.df2]).toEqual([
      1,
      1,
      Infinity,
      2,
    ]);
    for (const test of [randomReadersRandomCases, fixedReadersRandomCases, randomReadersFixedCases]) {
      expect(test.differences.map(({ a, b }) => [a, b])).toEqual([[0, 1]]);
      expectClose(test.differences[0]!.estimate, average(areas[0]!) - average(areas[1]!), { absolute: 1e-12 });
    }
  });
});

describe("mrmcPower (Hillis, Obuchowski and Berbaum 2011)", () => {
  const pilot = {
    meanSquares: { treatment: 0, reader: 0, treatmentByReader: 0.0006 },
    components: { variance: 0.0008, cov1: 0.0004, cov2: 0.0004, cov3: 0.0003 },
  };
  const plan = { difference: 0.05, readers: 10, cases: 200, pilotCases: 100 };

  it("is that of the noncentral F of the plan's own covariances: a plan that differs in each number", () => {
    const power = (changes: object = {}, of = pilot) => mrmcPower(of, { ...plan, ...changes });
    // Twice the cases, or half the pilot's, is one and the same.
    expectClose(power({ cases: 400, pilotCases: 200 }), power(), { absolute: 1e-12 });
    expectClose(power({ difference: -0.05 }), power(), { absolute: 1e-12 });
    expect(power({ alpha: 0.01 })).toBeLessThan(power());
    expect(power({ alpha: 0.05 })).toBe(power());
    // More covariance between readers of one treatment, or more interaction, is less power; covariance of treatments is more.
    const components = (changes: object) => ({ ...pilot, components: { ...pilot.components, ...changes } });
    expect(power({}, components({ cov2: 0.00045 }))).toBeLessThan(power());
    expect(power({}, components({ cov1: 0.0005 }))).toBeLessThan(power());
    expect(power({}, { ...pilot, meanSquares: { ...pilot.meanSquares, treatmentByReader: 0.0008 } })).toBeLessThan(power());
    // A mean square below the error's is no interaction.
    expect(power({}, { ...pilot, meanSquares: { ...pilot.meanSquares, treatmentByReader: 0.0001 } })).toBe(
      power({}, { ...pilot, meanSquares: { ...pilot.meanSquares, treatmentByReader: 0.0003 } }),
    );
    // Readers who vary less together in one treatment than in two: no covariance.
    expect(power({}, components({ cov2: 0.0002, cov3: 0.0003 }))).toBe(power({}, components({ cov2: 0.0003, cov3: 0.0003 })));
  });

  it("of many readers meets the normal's", () => {
    // Readers 1e6: the denominator is J (cov2 - cov3) / 2 = 50 and 1e-4 within; the noncentrality is 1e6 d^2 / (2 (... )).
    const [J, d] = [1e6, 0.02];
    const found = mrmcPower(pilot, { ...plan, readers: J, difference: d });
    const within = 0.0003 + 0.5 * 0.0003;
    const denominator = within + J * 0.5 * 0.0001;
    const z = Math.sqrt((J * d ** 2) / (2 * denominator));
    const upper = (x: number) => 0.5 * (1 - erf(x / Math.SQRT2));
    expectClose(found, upper(1.959963984540054 - z) + upper(1.959963984540054 + z), { absolute: 1e-4 });
  });

  it.each([{ readers: 2.5 }, { cases: 0.5 }, { pilotCases: 0 }, { alpha: 0 }, { alpha: 1 }, { difference: NaN }])("refuses %j", (bad) => {
    expect(() => mrmcPower(pilot, { ...plan, ...bad })).toThrow(RangeError);
  });
});

/** Abramowitz and Stegun 7.1.26, to 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
  return Math.sign(x) * (1 - tail);
}

describe("delongUnpaired", () => {
  it("is Welch's test of two areas, by their own intervals", () => {
    const [a, b] = [
      { labels, scores: read(0.9) },
      { labels: labels.slice(0, 45), scores: read(0.3).slice(0, 45) },
    ];
    const [first, second] = [delongInterval(a.labels, a.scores), delongInterval(b.labels, b.scores)];
    const [va, vb] = [first.standardError ** 2, second.standardError ** 2];
    const df = (va + vb) ** 2 / (va ** 2 / 89 + vb ** 2 / 44);
    const [difference, standardError] = [first.auroc - second.auroc, Math.sqrt(va + vb)];
    for (const confidence of [0.95, 0.5]) {
      const half = studentCritical(1 - confidence, df) * standardError;
      const found = delongUnpaired(a, b, { confidence });
      expectClose(
        [found.difference, found.standardError, found.t, found.degreesOfFreedom, found.p, found.low, found.high],
        [
          difference,
          standardError,
          difference / standardError,
          df,
          studentTwoSided(difference / standardError, df),
          difference - half,
          difference + half,
        ],
        { relative: 1e-9 },
      );
    }
    expectClose(delongUnpaired(b, a).p, delongUnpaired(a, b).p, { relative: 1e-12 });
  });
});

it("delongUnpaired of curves that do not vary: nothing but the difference speaks", () => {
  const perfect = { labels: [0, 0, 1, 1], scores: [1, 2, 3, 4] };
  const reversed = { labels: perfect.labels, scores: [4, 3, 2, 1] };
  expect(delongUnpaired(perfect, perfect)).toMatchObject({
    difference: 0,
    standardError: 0,
    t: 0,
    degreesOfFreedom: Infinity,
    p: 1,
    low: 0,
    high: 0,
  });
  expect(delongUnpaired(perfect, reversed)).toMatchObject({ difference: 1, standardError: 0, t: Infinity, degreesOfFreedom: Infinity, p: 0 });
});

describe("published tables", () => {
  it("are the paper's (Lehman et al. 2017, table 2)", () => {
    expect(bcscBenchmarks).toEqual({
      recallRate: 0.116,
      cancerDetectionRate: 0.0051,
      falseNegativesPerExam: 0.0008,
      sensitivity: 0.869,
      specificity: 0.889,
      ppv1: 0.044,
      ppv2: 0.256,
      ppv3: 0.286,
    });
  });

  const acceptable = (rates: {
    readonly sens?: number;
    readonly spec?: number;
    readonly cdr?: number;
    readonly recall?: number;
    readonly ppv?: number;
  }) => {
    const rate = (value: number) => ({ rate: value, low: 0, high: 1, events: 0, of: 0 });
    const { sens = 0.5, spec = 0.5, cdr = 0, recall = 0.5, ppv = 0.5 } = rates;
    const { sensitivityAndSpecificity, detectionAndRecall } = isAcceptable({
      ...{ sensitivity: rate(sens), specificity: rate(spec), cancerDetectionRate: rate(cdr / 1000), recallRate: rate(recall), ppv1: rate(ppv) },
    } as unknown as ScreeningAudit);
    return [sensitivityAndSpecificity, detectionAndRecall];
  };

  it.each([
    [0.8, 0.85, true], [0.8, 0.849, false], [1, 1, true], [0.799, 0.87, false],
    [0.75, 0.88, true], [0.749, 0.9, false], [0.79, 0.97, true], [0.79, 0.971, false], [0.79, 0.879, false],
  ] as const)("sensitivity %f and specificity %f: %s", (sens, spec, expected) => {
    expect(acceptable({ sens, spec })).toEqual([expected, false]);
  }); // biome-ignore format: corners

  it.each([
    // Detection per 1000, recall, PPV1 (Miglioretti et al. 2015, table 3).
    [6.01, 0.03, 0, true], [6.01, 0.2, 0, true], [6.01, 0.029, 0, false], [6.01, 0.201, 0, false],
    [4.01, 0.03, 0.03, true], [5.99, 0.15, 0.03, true], [5.99, 0.151, 0.03, false], [5, 0.029, 0.03, false], [5, 0.1, 0.029, false],
    [2.51, 0.05, 0.03, true], [3.99, 0.12, 0.08, true], [3.99, 0.121, 0.05, false], [3.99, 0.049, 0.05, false],
    [3.99, 0.1, 0.081, false], [3.99, 0.1, 0.029, false], [2.49, 0.1, 0.05, false],
  ] as const)("detection of %f per 1000 at a recall of %f and PPV1 %f: %s", (cdr, recall, ppv, expected) => {
    expect(acceptable({ cdr, recall, ppv })).toEqual([false, expected]);
  }); // biome-ignore format: corners
});

describe("wafrocArea", () => {
  const normal = (...scores: readonly number[]) => ({ truths: 0, marks: scores.map((score) => ({ score, truth: -1 })) });
  const lesion = (weights: readonly number[], ...marks: readonly (readonly [number, number])[]) => ({
    truths: weights.length,
    weights,
    marks: marks.map(([score, truth]) => ({ score, truth })),
  });

  it("takes a normal image's highest mark, a lesion's highest mark, and false marks of diseased images for nothing", () => {
    expect(wafrocArea([normal(0.5, 0.9, 0.1), lesion([1], [0.95, 0], [0.2, 0], [0.99, -1])])).toBe(1);
    expect(wafrocArea([normal(0.5, 0.9, 0.1), lesion([1], [0.8, 0], [0.99, -1])])).toBe(0);
    expect(wafrocArea([normal(0.9), normal(0.9), normal(), lesion([1], [0.9, 0])])).toBeCloseTo((0.5 + 0.5 + 1) / 3, 12);
    expect(wafrocArea([normal(0.3), lesion([0.75, 0.25], [0.9, 0])])).toBe(0.75);
  });

  it("refuses weights of another sum or number, or below 0", () => {
    for (const weights of [
      [0.5, 0.4],
      [1.5, -0.5],
      [1, 1],
    ])
      expect(() => wafrocArea([normal(), lesion(weights)])).toThrow(RangeError);
    expect(() => wafrocArea([normal(), { truths: 2, marks: [], weights: [1] }])).toThrow(RangeError);
    expectClose(wafrocArea([normal(), lesion([0.5, 0.5 + 1e-12])]), 0.5, { absolute: 1e-11 });
  });
});

describe("scores of probabilities, weighted", () => {
  const [l, p, w] = [[0, 1, 1, 0, 1], [0.1, 0.9, 0.4, 0.4, 0.1], [1, 2, 3, 1, 0]] as const; // biome-ignore format: one row

  it("a weight is as many cases", () => {
    const many = (list: readonly number[]) => list.flatMap((value, i) => Array<number>(w[i]!).fill(value));
    expectClose(brierScore(l, p, { weights: w }), brierScore(many(l), many(p)), { absolute: 1e-12 });
    for (const parts of [brierParts, murphyParts])
      expectClose(Object.values(parts(l, p, { weights: w })), Object.values(parts(many(l), many(p))), { absolute: 1e-12 });
  });

  it("Murphy's parts by hand: shares 1/2 at 0.1, 1 at 0.9, 1/2 at 0.4", () => {
    const parts = murphyParts(l, p);
    const score = (0.01 + 0.01 + 0.36 + 0.16 + 0.81) / 5;
    const [best, uncertainty] = [(4 * 0.25) / 5, 0.24];
    expectClose(
      [parts.score, parts.miscalibration, parts.discrimination, parts.uncertainty],
      [score, score - best, uncertainty - best, uncertainty],
      {
        absolute: 1e-12,
      },
    );
  });

  it("combineScores refuses a negative, an infinite and a missing weight, and takes 0", () => {
    expectClose(combineScores([[1, 2], [5, 6]], [0, 2]), [5, 6], { absolute: 0 }); // biome-ignore format: one row
    for (const weights of [[1, -0.5], [Infinity, 1], [1], [1, 1, 1], [NaN, 1]])
      expect(() => combineScores([[1], [2]], weights), String(weights)).toThrow(RangeError);
    expect(() => combineScores([[], []])).toThrow("Expected at least one list with at least one score, got none");
  });
});

describe("calibrationSlope", () => {
  it("has the standard errors of the information matrix (by numbers), and certain probabilities are clipped", () => {
    const [y, p]: readonly [readonly number[], readonly number[]] = [[0, 1, 0, 1, 1, 0, 1, 0], [0.2, 0.3, 0.4, 0.6, 0.8, 0.7, 0.9, 0.1]]; // biome-ignore format: one row
    const { slope, intercept } = calibrationSlope(y, p);
    const logit = p.map((value) => Math.log(value / (1 - value)));
    const likelihood = (a: number, b: number) =>
      y.reduce((sum, label, i) => sum + label * (a + b * logit[i]!) - Math.log1p(Math.exp(a + b * logit[i]!)), 0);
    // The intercept beside the slope, by the maximum in the first variable.
    let a = 0;
    for (let step = 0; step < 50; step++) {
      const mu = logit.map((z) => 1 / (1 + Math.exp(-(a + slope.estimate * z))));
      a += y.reduce((sum, label, i) => sum + label - mu[i]!, 0) / mu.reduce((sum, one) => sum + one * (1 - one), 0);
    }
    const h = 1e-4;
    const second = (da: number, db: number) => likelihood(a + da, slope.estimate + db);
    const top = second(0, 0);
    const aa = -(second(h, 0) - 2 * top + second(-h, 0)) / h ** 2;
    const bb = -(second(0, h) - 2 * top + second(0, -h)) / h ** 2;
    const ab = -(second(h, h) - second(h, -h) - second(-h, h) + second(-h, -h)) / (4 * h ** 2);
    expectClose(slope.standardError, Math.sqrt(aa / (aa * bb - ab * ab)), { relative: 1e-5 });
    const mu = logit.map((z) => 1 / (1 + Math.exp(-(intercept.estimate + z))));
    expectClose(
      mu.reduce((sum, one) => sum + one, 0),
      4,
      { absolute: 1e-9 },
    );
    expectClose(intercept.standardError, 1 / Math.sqrt(mu.reduce((sum, one) => sum + one * (1 - one), 0)), { relative: 1e-9 });
    const clipped = calibrationSlope([0, 1, 1, 0, 1], [0, 1, 0.5, 0.5, 0.4]);
    expectClose(clipped.slope.estimate, calibrationSlope([0, 1, 1, 0, 1], [1e-12, 1 - 1e-12, 0.5, 0.5, 0.4]).slope.estimate, { relative: 1e-9 });
  });
});
