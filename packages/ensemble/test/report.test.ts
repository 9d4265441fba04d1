import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import {
  buildReport,
  type Finding,
  findingsOfBreast,
  fitScale,
  type Landmarks,
  matchViews,
  type PairModel,
  pairProbability,
  placeInBreast,
  poolProbabilities,
  startingPairModel,
  toScore,
} from "../src/index.ts";

const box = { top: 0, left: 0, bottom: 64, right: 64 };
const scale = { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] } as const;
const sha256 = "0123456789abcdef".repeat(4);

describe("findingsOfBreast", () => {
  const place = placeInBreast(box, { laterality: "L", view: "CC", mmPerPixel: 0.25, nipple: [600, 360], nippleConfidence: 0.9 });
  const findings = findingsOfBreast([
    {
      laterality: "L",
      view: "CC",
      probability: 0.2,
      peaks: [
        { box, logOdds: -1 },
        { box, logOdds: 1, kind: "mass", place },
      ],
    },
    { laterality: "L", view: "MLO", image: "second", probability: 0.5, peaks: [{ box, logOdds: 7 }] },
  ]);

  it("gives the highest finding the pooled probability of the breast", () => {
    expect(findings[0]!.probability).toBe(poolProbabilities([0.2, 0.5]));
    expect(findings[0]).toMatchObject({ laterality: "L", view: "MLO", image: "second" });
  });

  it("keeps the distances between views and between peaks, in logits", () => {
    const [top, second, third] = findings.map(({ probability }) => Math.log(probability / (1 - probability))) as [number, number, number];
    expectClose(top - second, Math.log(4), { absolute: 1e-12 });
    expectClose(second - third, 2, { absolute: 1e-12 });
    expect(findings[1]).toMatchObject({ view: "CC", kind: "mass", place });
  });

  it("leaves out what is not known", () => {
    expect(Object.keys(findings[2]!)).toEqual(["laterality", "view", "box", "probability", "below"]);
  });
});

const landmarksOf = (view: Finding["view"], given: Partial<Landmarks> = {}): Landmarks => ({
  laterality: "L",
  view,
  mmPerPixel: 0.25,
  nipple: [600, 360],
  nippleConfidence: 0.9,
  // Square to the rows: the posterior nipple line is 90 mm long, as in CC.
  ...(view.startsWith("CC")
    ? {}
    : {
        pectoral: {
          line: [
            [0, 0],
            [900, 0],
          ],
          confidence: 0.9,
        },
      }),
  ...given,
});

/** A finding so many mm straight behind the nipple. */
function behind(mm: number, view: Finding["view"], probability: number, given: Partial<Landmarks> = {}): Finding {
  const landmarks = landmarksOf(view, given);
  const [row, column] = [landmarks.nipple[0], landmarks.nipple[1] - 4 * mm];
  const here = { top: row - 20, left: column - 20, bottom: row + 20, right: column + 20 };
  return { laterality: landmarks.laterality, view, box: here, probability, kind: "mass", place: placeInBreast(here, landmarks) };
}

describe("lesions of a report", () => {
  const breastOf = (findings: readonly Finding[], pairing?: Parameters<typeof buildReport>[2]) =>
    buildReport({ study: "s", findings }, scale, pairing).breasts[0]!;
  const sizes = (findings: readonly Finding[]) => breastOf(findings).lesions.map((lesion) => lesion.findings.length);

  it("are the pairs of matchViews, with their probability and place, and what is seen in one view", () => {
    const [a, b, c] = [behind(41, "CC", 0.1), behind(80, "MLO", 0.2), behind(45, "MLO", 0.3)] as [Finding, Finding, Finding];
    const { lesions, pairingRefused } = breastOf([a, b, c]);
    expect(pairingRefused).toBeUndefined();
    expect(lesions.map(({ number, probability, findings }) => [number, probability, ...findings.map(({ box: { left } }) => left)])).toEqual([
      [1, 0.3, a.box.left, c.box.left],
      [2, 0.2, b.box.left],
    ]);
    expect(lesions[0]!.pairProbability).toBe(pairProbability(startingPairModel, a as Required<Finding>, c as Required<Finding>));
    expect(lesions[0]!.place).toEqual({ third: "middle", region: "central", mmFromNipple: 43 });
    expect(lesions[1]).not.toHaveProperty("pairProbability");
    expect(lesions[1]!.place).toEqual({ third: "posterior", region: "central", mmFromNipple: 80 });
    expect(matchViews([a as Required<Finding>], [b, c] as Required<Finding>[]).pairs).toMatchObject([{ a: 0, b: 1 }]);
  });

  it("are paired by the model that is given", () => {
    const model: PairModel = { ...startingPairModel, intercept: -1 };
    const pair = [behind(41, "CC", 0.2), behind(41, "MLO", 0.2)];
    expect(breastOf(pair).lesions).toHaveLength(1);
    expect(breastOf(pair, { model }).lesions).toHaveLength(2);
  });

  it.each<[string, Finding["view"], Partial<Landmarks>]>([
    ["a doubtful nipple", "CC", { nippleConfidence: 0.4 }],
    [
      "no muscle in MLO",
      "MLO",
      {
        pectoral: {
          line: [
            [0, 0],
            [900, 0],
          ],
          confidence: 0.4,
        },
      },
    ],
  ])("stay alone for %s, and the breast says so", (_, view, given) => {
    const pair = [behind(41, "CC", 0.2, view === "CC" ? given : {}), behind(41, "MLO", 0.2, view === "MLO" ? given : {})];
    const { lesions, pairingRefused } = breastOf(pair);
    expect([lesions.length, pairingRefused]).toEqual([2, "landmarks"]);
    // Neither words nor mm from a landmark that is not trusted.
    expect(lesions.map(({ place, findings }) => [findings[0]!.view === view, place === undefined])).toEqual(
      lesions.map(({ findings }) => [findings[0]!.view === view, findings[0]!.view === view]),
    );
  });

  it("stay alone where the posterior nipple lines differ by more than a centimeter, unless that is not asked for", () => {
    const pair = [behind(41, "CC", 0.2), behind(41, "MLO", 0.2, { nipple: [600, 404] })];
    expect(breastOf(pair)).toMatchObject({ pairingRefused: "posterior nipple lines", lesions: [{ number: 1 }, { number: 2 }] });
    expect(breastOf(pair, { maxPnlDifference: 11.1 }).lesions).toHaveLength(1);
  });

  it("of two images of one projection those with trusted landmarks are paired", () => {
    const doubtful = behind(41, "CC", 0.4, { nippleConfidence: 0.1 });
    const { lesions, pairingRefused } = breastOf([doubtful, behind(41, "CC", 0.1), behind(41, "MLO", 0.3)]);
    expect(lesions.map(({ probability, findings }) => [probability, findings.length])).toEqual([[0.4, 1], [0.3, 2]]); // biome-ignore format: one row
    expect(pairingRefused).toBeUndefined();
  });

  it("pair implant-displaced views, and nothing far apart, across breasts, in other views or without a place", () => {
    expect(sizes([behind(10, "CCID", 0.2), behind(12, "MLOID", 0.1)])).toEqual([2]);
    const { place: _, ...placeless } = behind(10, "MLO", 0.1);
    const alone = [
      [behind(10, "CC", 0.2), behind(45, "MLO", 0.1)],
      [behind(10, "CC", 0.2), behind(10, "ML", 0.1)],
      [behind(10, "CC", 0.2), behind(10, "CC", 0.1)],
      [behind(10, "CC", 0.2), placeless],
    ];
    for (const findings of alone) {
      expect(sizes(findings)).toEqual([1, 1]);
      expect(breastOf(findings)).not.toHaveProperty("pairingRefused");
    }
    expect(sizes([behind(10, "CC", 0.2), behind(10, "MLO", 0.1, { laterality: "R" })])).toEqual([1]);
  });
});

describe("toScore and fitScale", () => {
  it("count the cuts at or below", () => {
    expect([0, 0.0999, 0.1, 0.5, 0.9, 1].map((probability) => toScore(probability, scale))).toEqual([1, 1, 2, 6, 10, 10]);
  });

  it("cut a reference into deciles and store its hash", () => {
    const fitted = fitScale(
      "deciles",
      Array.from({ length: 101 }, (_, i) => i / 100),
      { sha256 },
    );
    expectClose(fitted.cuts, scale.cuts, { absolute: 1e-12 });
    expect(fitted.reference).toMatchObject({ sha256, cases: 101 });
  });

  it("leave out scores where the reference has ties", () => {
    const fitted = fitScale("ties", [...new Array<number>(50).fill(0.1), ...new Array<number>(50).fill(0.2)], { sha256 });
    expect([0.05, 0.1, 0.16, 0.2].map((probability) => toScore(probability, fitted))).toEqual([1, 5, 6, 10]);
  });
});

describe("buildReport", () => {
  const peakOf = ({ box: here, place }: Finding) => ({ box: here, logOdds: 0, place: place! });
  const findings = [
    ...findingsOfBreast([
      {
        laterality: "R",
        view: "XCCL",
        probability: 0.85,
        peaks: [
          { box, logOdds: 0 },
          { box, logOdds: -3 },
        ],
      },
    ]),
    ...findingsOfBreast([
      { laterality: "L", view: "CC", probability: 0.1, peaks: [peakOf(behind(20, "CC", 0.1))] },
      { laterality: "L", view: "MLO", probability: 0.2, peaks: [peakOf(behind(25, "MLO", 0.2))] },
    ]),
  ];
  const report = buildReport({ study: "study-1", findings }, scale);

  it("says finding, lesion, breast and exam, each as its highest part", () => {
    expect(report).toMatchObject({ study: "study-1", score: 9 });
    expect(report.breasts.map(({ laterality }) => laterality)).toEqual(["L", "R"]);
    const [left, right] = report.breasts;
    expect(left!.lesions).toHaveLength(1);
    expect(left!.lesions[0]!.findings.map(({ view }) => view)).toEqual(["CC", "MLO"]);
    expect(left!.probability).toBe(poolProbabilities([0.1, 0.2]));
    expectClose(right!.probability, 0.85, { relative: 1e-12 });
    expect(report.probability).toBe(right!.probability);
  });

  it("leaves a breast out that was not imaged", () => {
    const one = buildReport({ study: "s", findings: findings.filter(({ laterality }) => laterality === "R") }, scale);
    expect(one.breasts.map(({ laterality }) => laterality)).toEqual(["R"]);
    expectClose(one.probability, 0.85, { relative: 1e-12 });
  });

  it("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
