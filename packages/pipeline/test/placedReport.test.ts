import { readFileSync } from "node:fs";
import { type PairModel, startingPairModel } from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { PlacedReport } from "../src/index.ts";
import { reportOf } from "../src/score/placedReport.ts";
import { cellBehind, examined, phantomImages } from "./examinedExam.ts";
import { placesOf, replaced } from "./jsonPlaces.ts";

const scale = { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] } as const;
const schema = JSON.parse(readFileSync(new URL("../schemas/report.schema.json", import.meta.url), "utf8"));
const isReport = new Ajv().compile(schema);

let images: readonly StandardImage[];
beforeAll(async () => {
  images = await phantomImages(5);
}, 60_000);

const reported = (views: Parameters<typeof reportOf>[1], pairModel?: PairModel): PlacedReport => ({
  ...reportOf("exam", views, { scale, ...(pairModel && { pairModel }) }),
  leftOut: [{ file: "image 9", rule: "repeated" }],
  missing: [],
});
/** Each view with a hot cell at the same depth, and a lukewarm and a cold one beside it. */
const warm = (own: readonly StandardImage[] = images) =>
  own.map((image, at) => {
    const hot = cellBehind(image, 40);
    return examined(image, `image ${at + 1}`, [
      { ...hot, logit: 2 },
      { ...hot, row: hot.row - 4, logit: 0 },
      { ...hot, row: hot.row + 4, logit: -3 },
    ]);
  });

describe("the report of an exam", () => {
  it("pairs CC and MLO of each breast, and says where the lesion is", () => {
    const { breasts, images: shown } = reported(warm());
    for (const { lesions, pairingRefused } of breasts) {
      expect(pairingRefused).toBeUndefined();
      const [first] = lesions;
      expect(first!.findings.map(({ view }) => view)).toEqual(["CC", "MLO"]);
      expect(first!.pairProbability).toBeGreaterThan(0.5);
      expect(first!.place!.mmFromNipple).toBeGreaterThan(30);
      expect(first!.place!.mmFromNipple).toBeLessThan(50);
      const numbers = shown.flatMap(({ findings }) => findings.filter(({ lesion }) => lesion === first!.number));
      expect(numbers.map(({ laterality, view }) => `${laterality}-${view}`).sort()).toEqual(
        first!.findings.map(({ laterality, view }) => `${laterality}-${view}`),
      );
    }
  });

  it("leaves out what scores 1 and is not the highest of its view; the highest stays, however low", () => {
    const { images: shown } = reported(warm());
    for (const { findings } of shown) {
      expect(findings.length).toBeLessThan(3);
      expect(findings.slice(1).every(({ score }) => score > 1)).toBe(true);
    }
    const cold = images.map((image, at) => examined(image, `image ${at + 1}`, [{ ...cellBehind(image, 40), logit: -4 }]));
    const healthy = reported(cold);
    expect([healthy.score, ...healthy.images.map(({ findings }) => findings.map(({ score }) => score))]).toEqual([1, ...images.map(() => [1])]);
  });

  it("takes detectors' boxes in the place of the cells that hold them, with how many models agree", () => {
    const views = warm().map((view, at) => {
      const [row, column] = [view.image.nipple[0], view.image.nipple[1] - 40 / view.image.mmPerPixel];
      const box = { top: row - 20, left: column - 20, bottom: row + 20, right: column + 20 };
      return { ...view, places: [{ box, kind: "distortion" as const, score: 0.7 }], marks: at === 0 ? [[box], []] : [[box], [box]] };
    });
    const [first, second] = reported(views).images.map(({ findings }) => findings[0]!);
    expect(first).toMatchObject({ kind: "distortion", mm: { height: 10, width: 10 }, agreement: 0.5 });
    expect(second).toMatchObject({ kind: "distortion", agreement: 1 });
    const plain = reported(warm());
    expect(reported(views).breasts.map(({ probability }) => probability)).toEqual(plain.breasts.map(({ probability }) => probability));
    expect(isReport(JSON.parse(JSON.stringify(reported(views)))), JSON.stringify(isReport.errors)).toBe(true);
  });

  it("counts distances between findings as the bundle's calibrator does, and keeps the breasts", () => {
    const findingCalibrator = { kind: "finding calibrator", intercept: 0, breast: 1, view: 1, peak: 3 } as const;
    const [plain, steep] = [reported(warm()), { ...reportOf("exam", warm(), { scale, findingCalibrator }) }];
    expect(steep.breasts.map(({ probability }) => probability)).toEqual(plain.breasts.map(({ probability }) => probability));
    const faint = (report: Pick<PlacedReport, "images">) => report.images.flatMap(({ findings }) => findings.filter(({ below }) => below!.peak < 0).map(({ probability }) => probability)); // biome-ignore format: one row
    expect(Math.max(...faint(plain))).toBeGreaterThan(Math.max(0, ...faint(steep)));
  });

  it("takes the pair model that it is given", () => {
    const never: PairModel = { ...startingPairModel, intercept: -50 };
    expect(
      reported(warm(), never)
        .breasts.flatMap(({ lesions }) => lesions)
        .some(({ pairProbability }) => pairProbability !== undefined),
    ).toBe(false);
  });

  it.each<[string, (image: StandardImage) => StandardImage]>([
    ["a doubtful nipple", (image) => ({ ...image, nippleConfidence: 0.3 })],
    ["no muscle in MLO", ({ pectoral: _, ...image }) => image],
  ])("pairs nothing for %s, says so, and gives no mm to a nipple that is not trusted", (name, change) => {
    const { breasts, images: shown } = reported(warm(images.map(change)));
    for (const { lesions, pairingRefused } of breasts) {
      expect(pairingRefused).toBe("landmarks");
      expect(lesions.every(({ findings }) => findings.length === 1)).toBe(true);
    }
    for (const { view, findings } of shown)
      for (const { mm } of findings) expect("fromNipple" in mm, view).toBe(name.startsWith("no muscle") && view.endsWith("CC"));
  });

  it("contradicts itself nowhere, whatever the heatmaps are, and is JSON of the published schema", () => {
    const cell = fc.record({ row: fc.nat(31), column: fc.nat(19), logit: fc.double({ min: -12, max: 12, noNaN: true }) });
    const viewsOf = fc.tuple(...images.map(() => fc.array(cell, { minLength: 1, maxLength: 5 })));
    let [left, paired] = [0, 0];
    fc.assert(
      fc.property(viewsOf, fc.boolean(), (cells, doubtful) => {
        const views = images.map((image, at) => examined(doubtful ? { ...image, nippleConfidence: 0 } : image, `image ${at + 1}`, cells[at]!));
        const report = reported(views, { ...startingPairModel, intercept: 30 });
        const highest = (parts: readonly { readonly probability: number; readonly score: number }[]) => [
          Math.max(...parts.map(({ probability }) => probability)),
          Math.max(...parts.map(({ score }) => score)),
        ];
        expect([report.probability, report.score]).toEqual(highest(report.breasts));
        for (const breast of report.breasts) {
          expect([breast.probability, breast.score]).toEqual(highest(breast.lesions));
          for (const lesion of breast.lesions) {
            expect([lesion.probability, lesion.score]).toEqual(highest(lesion.findings));
            paired += lesion.findings.length - 1;
          }
        }
        for (const { findings } of report.images) expect(findings.length).toBeGreaterThan(0);
        left += report.images.flatMap(({ findings }) => findings).length;
        expect(isReport(JSON.parse(JSON.stringify(report))), JSON.stringify(isReport.errors)).toBe(true);
      }),
    );
    expect(Math.min(left, paired)).toBeGreaterThan(50);
  });
});

describe("report.schema.json", () => {
  it("takes a report, and nothing that has null or an object of nothing in any one place", () => {
    const report = JSON.parse(JSON.stringify(reported(warm())));
    expect(isReport(report)).toBe(true);
    for (const path of placesOf(report))
      for (const other of [null, {}]) expect(isReport(replaced(report, path, other)), `${path.join(".")} = ${JSON.stringify(other)}`).toBe(false);
  });

  it("knows every field and refuses others, but in the scale", () => {
    const report = JSON.parse(JSON.stringify(reported(warm())));
    const records = [[], ...placesOf(report)].filter((path) => {
      const at = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], report);
      return typeof at === "object" && !Array.isArray(at) && path[0] !== "scale";
    });
    for (const path of records) expect(isReport(replaced(report, [...path, "unknown"], 1)), path.join(".")).toBe(false);
  });

  it("refuses a pair of one finding, and two findings without a probability", () => {
    const report = JSON.parse(JSON.stringify(reported(warm())));
    const pair = ["breasts", "0", "lesions", "0"];
    expect(isReport(replaced(report, [...pair, "findings"], [report.breasts[0].lesions[0].findings[0]]))).toBe(false);
    const { pairProbability: _, ...alone } = report.breasts[0].lesions[0];
    expect(isReport(replaced(report, pair, alone))).toBe(false);
  });
});
