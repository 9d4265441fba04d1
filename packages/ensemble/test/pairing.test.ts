import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  describePlace,
  fitPairModel,
  type Landmarks,
  matchViews,
  mirroredBox,
  type PairModel,
  type PlacedFinding,
  type PlaceInBreast,
  pairFeatures,
  pairProbability,
  parsePairModel,
  placeInBreast,
  startingPairModel,
  tunePairModel,
} from "../src/index.ts";
import { pairLogOdds } from "../src/pair/pairModel.ts";

const cc: Landmarks = { laterality: "L", view: "CC", mmPerPixel: 0.25, nipple: [600, 400], nippleConfidence: 0.9 };
const mlo: Landmarks = {
  ...cc,
  view: "MLO",
  pectoral: {
    line: [
      [0, 300],
      [900, 0],
    ],
    confidence: 0.9,
  },
};
const boxAt = (row: number, column: number, side = 40) => ({
  top: row - side / 2,
  left: column - side / 2,
  bottom: row + side / 2,
  right: column + side / 2,
});

const placeOf = (given: Partial<PlaceInBreast> = {}): PlaceInBreast => ({
  laterality: "L",
  view: "CC",
  fromNipple: 40,
  depth: 30,
  above: 10,
  pnlLength: 90,
  size: 10,
  trusted: true,
  ...given,
});
const findingOf = (place: Partial<PlaceInBreast> = {}, rest: Partial<PlacedFinding> = {}): PlacedFinding => ({
  place: placeOf(place),
  probability: 0.3,
  ...rest,
});

describe("placeInBreast", () => {
  it("measures depth toward the chest wall in CC", () => {
    const place = placeInBreast(boxAt(560, 200), cc);
    expectClose([place.depth, place.above, place.fromNipple, place.pnlLength, place.size], [50, 10, Math.hypot(50, 10), 100, 10], { absolute: 1e-9 });
    expect(place.trusted).toBe(true);
  });

  it("measures depth square to the muscle in MLO: a point on it lies as deep as the line is long", () => {
    // The muscle's line through (450, 150) has the direction (900, -300); its foot from the nipple.
    const along = ((600 - 0) * 900 + (400 - 300) * -300) / (900 ** 2 + 300 ** 2);
    const foot = [along * 900, 300 - along * 300] as const;
    const place = placeInBreast(boxAt(foot[0], foot[1]), mlo);
    expectClose([place.depth, place.above], [place.pnlLength, 0], { absolute: 1e-9 });
    expect(placeInBreast(boxAt(100, 350), mlo).above).toBeGreaterThan(0);
    expect(placeInBreast(boxAt(900, 350), mlo).above).toBeLessThan(0);
  });

  it.each<[string, Landmarks]>([
    ["a doubtful nipple", { ...cc, nippleConfidence: 0.3 }],
    ["MLO without a muscle", { ...cc, view: "MLO" }],
    ["a doubtful muscle", { ...mlo, pectoral: { ...mlo.pectoral!, confidence: 0.2 } }],
    ["another view", { ...cc, view: "XCCL" }],
    ["a nipple at the chest wall", { ...cc, nipple: [600, 10] }],
  ])("does not trust %s", (_, landmarks) => {
    expect(placeInBreast(boxAt(560, 200), landmarks).trusted).toBe(false);
  });
});

it("placeInBreast measures both axes in mm, and trusts landmarks from a confidence of 0.5 and a line of 20 mm on", () => {
  // 40 rows up and 200 columns back; 20 rows by 80 columns.
  const place = placeInBreast({ top: 550, left: 160, bottom: 570, right: 240 }, cc);
  expectClose([place.depth, place.above, place.size], [50, 10, 10], { absolute: 1e-9 });
  const trusted = (landmarks: Landmarks) => placeInBreast(boxAt(560, 200), landmarks).trusted;
  expect([0.5, 0.49].map((nippleConfidence) => trusted({ ...cc, nippleConfidence }))).toEqual([true, false]);
  expect([0.5, 0.49].map((confidence) => trusted({ ...mlo, pectoral: { ...mlo.pectoral!, confidence } }))).toEqual([true, false]);
  expect([80, 79].map((column) => trusted({ ...cc, nipple: [600, column] }))).toEqual([true, false]);
  expect((["CC", "CCID", "MLO", "MLOID", "ML", "XCCL"] as const).map((view) => trusted({ ...mlo, view }))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
  // A line without length, or through the nipple, says nothing: the chest wall is column 0.
  for (const line of [[[3, 4], [3, 4]], [[600, 400], [900, 0]]] as const) // biome-ignore format: one row
    expectClose(placeInBreast(boxAt(560, 200), { ...mlo, pectoral: { line, confidence: 1 } }).pnlLength, 100, { absolute: 1e-9 });
});

describe("describePlace", () => {
  const oblique = placeOf({ view: "MLO", above: 30, depth: 80, fromNipple: 50 });
  it("names quadrant, third and mm", () => {
    expect(describePlace([placeOf({ above: 25, depth: 80 }), oblique])).toEqual({ third: "posterior", region: "upper outer", mmFromNipple: 45 });
    expect(describePlace([placeOf({ above: -25, depth: 10 })])).toEqual({ third: "anterior", region: "inner", mmFromNipple: 40 });
    expect(describePlace([placeOf({ above: 2, depth: 40 })])).toMatchObject({ third: "middle", region: "central" });
    expect(describePlace([oblique, placeOf({ above: 3, depth: 80 })])).toMatchObject({ region: "upper" });
    expect(describePlace([placeOf({ trusted: false })])).toBeUndefined();
    expect(describePlace([oblique, placeOf({ trusted: false })])).toBeUndefined();
  });

  it("thirds and the middle begin where they say", () => {
    // Of a line of 90 mm.
    expect([29, 30, 59, 60].map((depth) => describePlace([placeOf({ depth })])!.third)).toEqual(["anterior", "middle", "middle", "posterior"]);
    expect([-10.1, -10, 10, 10.1].map((above) => describePlace([placeOf({ above })])!.region)).toEqual(["inner", "central", "central", "outer"]);
    expect([-11, 11].map((above) => describePlace([placeOf({ view: "MLO", above })])!.region)).toEqual(["lower", "upper"]);
  });
});

describe("mirroredBox", () => {
  it("comes back, and keeps mm", () => {
    const other: Landmarks = { ...cc, laterality: "R", nipple: [500, 320], mmPerPixel: 0.5 };
    const there = mirroredBox(boxAt(560, 200), cc, other)!;
    expectClose((there.bottom - there.top) * 0.5, 10, { absolute: 1e-9 });
    const back = mirroredBox(there, other, cc)!;
    expectClose(Object.values(back), Object.values(boxAt(560, 200)), { absolute: 1e-9 });
    expect(mirroredBox(boxAt(560, 200), cc, { ...other, nippleConfidence: 0.1 })).toBeUndefined();
    // Depths of 400 and 320 pixels: the way from the nipple shrinks to 0.8, the box of 40 pixels of 0.25 mm to 20 of 0.5 mm.
    expect(there).toEqual({ top: 458, left: 150, bottom: 478, right: 170 });
    const tall = { top: 500, left: 180, bottom: 620, right: 220 };
    expect(mirroredBox(tall, cc, other)).toEqual({ top: 438, left: 150, bottom: 498, right: 170 });
  });

  it("needs a nipple of confidence 0.5 before the chest wall on both sides", () => {
    const found = (from: Partial<Landmarks>, to: Partial<Landmarks>) =>
      mirroredBox(boxAt(560, 200), { ...cc, ...from }, { ...cc, ...to }) !== undefined;
    const [sure, doubtful, close, wall] = [
      { nippleConfidence: 0.5 },
      { nippleConfidence: 0.49 },
      { nipple: [600, 1] as const },
      { nipple: [600, 0] as const },
    ];
    expect([found(sure, sure), found(doubtful, sure), found(sure, doubtful)]).toEqual([true, false, false]);
    expect([found(close, close), found(wall, close), found(close, wall)]).toEqual([true, false, false]);
  });
});

describe("matchViews", () => {
  it("pairs what is alike and leaves what only one view shows", () => {
    const a = [findingOf({ fromNipple: 40, depth: 30 }), findingOf({ fromNipple: 80, depth: 75 })];
    const b = [
      findingOf({ view: "MLO", fromNipple: 83, depth: 78 }),
      findingOf({ view: "MLO", fromNipple: 43, depth: 28 }),
      findingOf({ view: "MLO", fromNipple: 15, depth: 9 }),
    ];
    const matched = matchViews(a, b);
    expect(matched.pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect([matched.aloneA, matched.aloneB, matched.refused]).toEqual([[], [2], undefined]);
  });

  it("refuses where landmarks are not trusted, and where posterior nipple lines differ by more than a centimeter", () => {
    const a = [findingOf()];
    expect(matchViews(a, [findingOf({ trusted: false })])).toEqual({ pairs: [], aloneA: [0], aloneB: [0], refused: "landmarks" });
    expect(matchViews(a, [findingOf({ pnlLength: 101 })]).refused).toBe("posterior nipple lines");
    expect(matchViews(a, [findingOf({ pnlLength: 100 })]).refused).toBeUndefined();
    expect(matchViews(a, [findingOf({ pnlLength: 79 })]).refused).toBe("posterior nipple lines");
    expect(matchViews(a, [findingOf({ pnlLength: 101 })], { maxPnlDifference: Infinity }).pairs).toHaveLength(1);
    expect(matchViews([], a)).toEqual({ pairs: [], aloneA: [], aloneB: [0] });
  });

  it("is the best of all ways to pair, and uses nothing twice", () => {
    const finding = fc
      .record({
        fromNipple: fc.double({ min: 0, max: 90, noNaN: true }),
        depth: fc.double({ min: 0, max: 80, noNaN: true }),
        size: fc.double({ min: 3, max: 30, noNaN: true }),
      })
      .map((place) => findingOf(place));
    const gain = (a: readonly PlacedFinding[], b: readonly PlacedFinding[], i: number, j: number) => {
      const p = pairProbability(startingPairModel, a[i]!, b[j]!);
      return Math.log(p / (1 - p));
    };
    const most = (a: readonly PlacedFinding[], b: readonly PlacedFinding[], i = 0, used = 0): number => {
      if (i === a.length) return 0;
      let best = most(a, b, i + 1, used);
      for (let j = 0; j < b.length; j++) if (!(used & (1 << j))) best = Math.max(best, gain(a, b, i, j) + most(a, b, i + 1, used | (1 << j)));
      return best;
    };
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 4 }), fc.array(finding, { maxLength: 4 }), (a, b) => {
        const { pairs, aloneA, aloneB } = matchViews(a, b);
        expectClose(
          pairs.reduce((sum, pair) => sum + gain(a, b, pair.a, pair.b), 0),
          most(a, b),
          { absolute: 1e-9 },
        );
        expect([...pairs.map((pair) => pair.a), ...aloneA].sort()).toEqual(a.map((_, i) => i));
        expect([...pairs.map((pair) => pair.b), ...aloneB].sort()).toEqual(b.map((_, i) => i));
        for (const { probability } of pairs) expect(probability).toBeGreaterThanOrEqual(0.5 - 1e-9);
      }),
    );
  });
});

/** One log odd of `intercept`, less one for each (10 mm)² of depth, nothing else. */
const byDepth = (intercept: number): PairModel => ({
  ...{ kind: "pair model", intercept },
  costs: { fromNipple: 0, depth: 1, size: 0, kind: 0, score: 0, embedding: 0 },
});

it("matchViews takes a pair from what leaving both alone is worth on, and says how likely those are", () => {
  const taken = (alone?: number) =>
    matchViews([findingOf({ depth: 10 })], [findingOf({ depth: 20 })], { model: { ...byDepth(1), alone } }).pairs.length;
  // The pair has log odds 1 - 1.
  expect([taken(), taken(-0.1), taken(0), taken(0.1)]).toEqual([1, 1, 1, 0]);
  const [pair] = matchViews([findingOf()], [findingOf()], { model: { ...byDepth(1), taken: { slope: 2, intercept: -1 } } }).pairs;
  expectClose(pair!.probability, 1 / (1 + Math.exp(-1)), { absolute: 1e-12 });
});

it("startingPairModel costs what it says", () => {
  const own = findingOf({}, { kind: "mass" });
  const { depth, fromNipple, size } = own.place;
  const odds = (place: Partial<PlaceInBreast>, rest: Partial<PlacedFinding> = {}) =>
    pairLogOdds(startingPairModel, own, findingOf(place, { kind: "mass", ...rest }));
  const costs = [{}, { depth: depth + 10 }, { fromNipple: fromNipple + 20 }, { size: size * Math.E }].map((place) => odds(place));
  expectClose([...costs, odds({}, { kind: "calcification" })], [3, 2.5, 1, 2.3, 1.5], { absolute: 1e-12 });
  // A log odd more, and embeddings at right angles.
  const { probability } = own;
  const surer = 1 / (1 + ((1 - probability) / probability) * Math.exp(-1));
  const seen = { ...own, embedding: [1, 0] };
  const apart = pairLogOdds(startingPairModel, seen, { ...seen, embedding: [0, 1] });
  expectClose([odds({}, { probability: surer }), apart], [2.8, 1], { absolute: 1e-12 });
});

describe("tunePairModel", () => {
  it.each([
    // True pairs at log odds of the intercept and at 4 less, false ones at 1 less. The highest of 41 values up to the better of 0 and the highest odds that leaves the false ones alone.
    [1, 1],
    [-1, -1],
  ])("leaves a few true pairs alone rather than take many false ones, intercept %s", (intercept, alone) => {
    const one = (apart: number, same: boolean) => ({
      ...{ a: [findingOf({ depth: 10, trusted: false })], b: [findingOf({ depth: 10 + apart })] },
      pairs: same ? ([[0, 0]] as const) : [],
    });
    const exams = [...new Array(10).fill(one(0, true)), one(20, true), ...new Array(5).fill(one(10, false))];
    const tuned = tunePairModel(byDepth(intercept), exams);
    expectClose(tuned.alone!, alone, { absolute: 1e-12 });
    // All ten are right: Platt's target for a case of one class, 11 of 12.
    expectClose(matchViews([findingOf()], [findingOf()], { model: tuned }).pairs[0]!.probability, 11 / 12, { absolute: 1e-6 });
  });

  // One lesion a breast, seen in both views, far off in depth: rules made for crowds would leave it alone.
  const exam = (apart: number, same: boolean) => ({
    a: [findingOf({ depth: 10 })],
    b: [findingOf({ depth: 10 + apart })],
    pairs: same ? ([[0, 0]] as const) : [],
  });
  const exams = Array.from({ length: 60 }, (_, i) => exam(i % 12 === 11 ? 60 : 18 + (i % 10), i % 12 !== 11));

  it("takes pairs at the log odds that find most true ones, and calibrates those that it takes", () => {
    const before = exams.reduce((sum, { a, b }) => sum + matchViews(a, b).pairs.length, 0);
    const tuned = tunePairModel(startingPairModel, exams);
    const after = exams.reduce((sum, { a, b }) => sum + matchViews(a, b, { model: tuned }).pairs.length, 0);
    expect(after).toBeGreaterThanOrEqual(before);
    expect(tuned.alone).toBeLessThan(matchLogOdds(18));
    expect(parsePairModel(JSON.parse(JSON.stringify(tuned)))).toEqual(tuned);
  });

  const matchLogOdds = (apart: number) => {
    const p = pairProbability(startingPairModel, findingOf({ depth: 10 }), findingOf({ depth: 10 + apart }));
    return Math.log(p / (1 - p));
  };
});

describe("fitPairModel", () => {
  it("learns what tells pairs apart, and no cost below 0", () => {
    const pairs = Array.from({ length: 200 }, (_, i) => {
      const same = i % 2 === 0;
      const apart = same ? (i % 7) - 3 : 25 + (i % 11);
      return { a: findingOf({ depth: 30 }), b: findingOf({ depth: 30 + apart, fromNipple: 40 + ((i * 5) % 13) }), same };
    });
    const model = fitPairModel(pairs);
    expect(model.costs.depth).toBeGreaterThan(0.1);
    for (const cost of Object.values(model.costs)) expect(cost).toBeGreaterThanOrEqual(0);
    expect(pairProbability(model, findingOf(), findingOf())).toBeGreaterThan(0.9);
    expect(parsePairModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  it("counts what it is told: kinds, sizes, embeddings", () => {
    const features = pairFeatures(
      findingOf({ size: 10 }, { kind: "mass", embedding: [1, 0] }),
      findingOf({ size: 20, depth: 40 }, { kind: "calcification", embedding: [0, 1] }),
    );
    expectClose(Object.values(features), [0, 1, Math.log(2), 1, 0, 1], { absolute: 1e-12 });
    const others = pairFeatures(
      findingOf({ fromNipple: 20 }, { probability: 0.5, embedding: [3, 4, 0] }),
      findingOf({ fromNipple: 50 }, { probability: 0.8, embedding: [5, 0, 12], kind: "mass" }),
    );
    expectClose(Object.values(others), [9, 0, 0, 0.5, Math.log(4), 1 - 15 / 5 / 13], { absolute: 1e-12 });
    expect(pairFeatures(findingOf({}, { kind: "mass" }), findingOf({}, { kind: "mass", embedding: [1] }))).toMatchObject({ kind: 0, embedding: 0 });
  });
});
