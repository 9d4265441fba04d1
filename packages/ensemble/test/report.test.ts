import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { buildReport, type Finding, findingsOfBreast, fitScale, nippleDistance, pairLesions, poolProbabilities, toScore } from "../src/index.ts";

const box = { top: 0, left: 0, bottom: 64, right: 64 };
const scale = { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] } as const;
const sha256 = "0123456789abcdef".repeat(4);

describe("findingsOfBreast", () => {
  const findings = findingsOfBreast([
    {
      laterality: "L",
      view: "CC",
      probability: 0.2,
      peaks: [
        { box, logOdds: -1 },
        { box, logOdds: 1, kind: "mass", nippleDistance: 30 },
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
    expect(findings[1]).toMatchObject({ view: "CC", kind: "mass", nippleDistance: 30 });
  });

  it("leaves out what is not known", () => {
    expect(Object.keys(findings[2]!)).toEqual(["laterality", "view", "box", "probability"]);
  });
});

describe("pairLesions", () => {
  const finding = (
    view: Finding["view"],
    nippleDistance: number | undefined,
    probability = 0.1,
    laterality: Finding["laterality"] = "L",
  ): Finding => ({
    laterality,
    view,
    box,
    probability,
    ...(nippleDistance === undefined ? {} : { nippleDistance }),
  });

  it("joins CC and MLO at about the same distance from the nipple", () => {
    const findings = [finding("CC", 41, 0.1), finding("MLO", 80, 0.2), finding("MLO", 45, 0.3)];
    expect(pairLesions(findings)).toEqual([
      { laterality: "L", probability: 0.3, findings: [findings[0], findings[2]] },
      { laterality: "L", probability: 0.2, findings: [findings[1]] },
    ]);
  });

  it("takes the least total difference, not the nearest first", () => {
    // Greedy would join 10 with 12 first: 2 + 16 instead of 6 + 8.
    const lesions = pairLesions([finding("CC", 10), finding("CC", 20), finding("MLO", 12), finding("MLO", 4)]);
    const distances = lesions.filter(({ findings }) => findings.length === 2).map(({ findings }) => findings.map((one) => one.nippleDistance));
    expect(distances.sort()).toEqual([
      [10, 4],
      [20, 12],
    ]);
  });

  it("joins nothing beyond the gate, across breasts, in other views or without a distance", () => {
    const alone = [
      [finding("CC", 10), finding("MLO", 30.5)],
      [finding("CC", 10), finding("MLO", 10, 0.1, "R")],
      [finding("CC", 10), finding("ML", 10)],
      [finding("CC", 10), finding("CC", 10)],
      [finding("CC", undefined), finding("MLO", undefined)],
    ];
    for (const findings of alone) expect(pairLesions(findings).map((lesion) => lesion.findings.length)).toEqual([1, 1]);
    expect(pairLesions(alone[0]!, { maxDistanceMm: 21 })).toHaveLength(1);
    expect(pairLesions([])).toEqual([]);
  });

  it("pairs implant-displaced views too", () => {
    expect(pairLesions([finding("CCID", 10), finding("MLOID", 12)])).toHaveLength(1);
  });
});

it("nippleDistance runs from the box's center, in mm", () => {
  expect(nippleDistance({ top: 10, left: 30, bottom: 30, right: 50 }, { nipple: [20, 0], mmPerPixel: 0.25 })).toBe(10);
  expect(nippleDistance({ top: 0, left: 0, bottom: 2, right: 2 }, { nipple: [4, 5], mmPerPixel: 2 })).toBe(10);
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
      { laterality: "L", view: "CC", probability: 0.1, peaks: [{ box, logOdds: 0, nippleDistance: 20 }] },
      { laterality: "L", view: "MLO", probability: 0.2, peaks: [{ box, logOdds: 0, nippleDistance: 25 }] },
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
