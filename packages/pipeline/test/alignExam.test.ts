import { logit, poolLogits, sigmoid } from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import { beforeAll, describe, expect, it } from "vitest";
import { alignExam, parseAlignments, type ScoredExam } from "../src/index.ts";
import { reportOf } from "../src/score/placedReport.ts";
import { cellBehind, examined, phantomImages } from "./examinedExam.ts";

const scale = { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] } as const;
const sha256 = "a".repeat(64);
const reference = { kind: "rank reference", scores: [-2, 0, 2], sha256, cases: 50 } as const;
/** A device whose logits are twice the reference's, and 1 more. */
const alignment = {
  kind: "device alignment",
  device: "Maker Model",
  from: [-5, 7],
  to: [-3, 3],
  low: [-3, 3],
  high: [-3, 3],
  exams: 900,
  reference: sha256,
};

let images: readonly StandardImage[];
let scored: ScoredExam;
beforeAll(async () => {
  images = await phantomImages(5);
  const views = images.map((image, at) => examined(image, `image ${at + 1}`, [{ ...cellBehind(image, 40), logit: at - 1 }]));
  scored = { report: { ...reportOf("exam", views, { scale }), leftOut: [{ file: "x", rule: "repeated" }], missing: ["L-AT"] }, views };
}, 60_000);

describe("alignExam", () => {
  it("moves each breast as the alignment says, its views and findings with it, and says so", () => {
    const { report, views } = alignExam(scored, alignment, { scale });
    for (const [at, breast] of report.breasts.entries())
      expect(logit(breast.probability)).toBeCloseTo((logit(scored.report.breasts[at]!.probability) - 1) / 2, 10);
    for (const side of ["L", "R"] as const) {
      const own = views.flatMap(({ image, probability }) => (image.laterality === side ? [logit(probability)] : []));
      expect(sigmoid(poolLogits(own))).toBeCloseTo(report.breasts.find(({ laterality }) => laterality === side)!.probability, 12);
    }
    expect(report).toMatchObject({ aligned: "Maker Model", leftOut: [{ file: "x", rule: "repeated" }], missing: ["L-AT"] });
    const places = ({ images: all }: ScoredExam["report"]) => all.map(({ findings }) => findings.map(({ box }) => box));
    expect(places(report)).toEqual(places(scored.report));
  });
});

describe("parseAlignments", () => {
  it("takes what npm run site has written, for the bundle that it was made with", () => {
    expect([...parseAlignments({ alignments: [alignment], other: 1 }, { reference })]).toEqual([["Maker Model", alignment]]);
  });

  it.each<[string, unknown, object, string]>([
    ["a bundle without a reference", { alignments: [alignment] }, {}, "other-reference"],
    ["another bundle", { alignments: [{ ...alignment, reference: "b".repeat(64) }] }, { reference }, "other-reference"],
    ["no JSON of it", null, { reference }, "table"],
    ["knots that fall", { alignments: [{ ...alignment, from: [7, -5] }] }, { reference }, "table"],
    ["results that fall", { alignments: [{ ...alignment, to: [3, -3] }] }, { reference }, "table"],
    ["one knot", { alignments: [{ ...alignment, from: [1], to: [1] }] }, { reference }, "table"],
    ["no device", { alignments: [{ ...alignment, device: "" }] }, { reference }, "table"],
  ])("refuses %s", (_, value, bundle, code) => {
    expect(() => parseAlignments(value, bundle)).toThrow(expect.objectContaining({ name: "PipelineError", code }));
  });
});
