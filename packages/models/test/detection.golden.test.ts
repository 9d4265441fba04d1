import type { Box } from "@mammo/mammogram";
import { anchorGrid, decodeBoxes, encodeBoxes, matchAnchors, nms, softNms } from "@mammo/models/detection";
import { expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { boxAt } from "../src/detection/flatBoxes.ts";
import { hashStream } from "./hashStream.ts";

interface Case {
  readonly encoded: number[];
  readonly decoded: number[];
  readonly plain: number[];
  readonly low: number[];
  readonly threshold: number;
  readonly nms: number[];
  readonly classWise: number[];
  readonly gaussian: [number, number][];
  readonly linear: [number, number][];
}
interface Golden {
  readonly anchors: readonly { rows: number; columns: number; stride: number; sizes: number[]; ratios: number[]; anchors: number[] }[];
  readonly cases: readonly Case[];
}
const { anchors: grids, cases } = golden<Golden>("detection", import.meta.url);

/** Whole numbers in 0 … below − 1, those of `whole` in reference/detection.py. */
function whole(key: string, count: number, below: number): number[] {
  const next = hashStream(key);
  return Array.from({ length: count }, () => Math.floor((next() * below) / 2 ** 32));
}

function boxes(key: string, count: number): Float32Array {
  const parts = whole(key, 4 * count, 28);
  return Float32Array.from(parts, (part, at) => (at % 4 < 2 ? part : parts[at - 2]! + part + 4));
}

const count = 14;
const scored = (index: number) => {
  const [at, scores, labels] = [boxes(`${index}/anchors`, count), whole(`${index}/scores`, count, 100000), whole(`${index}/labels`, count, 3)];
  return scores.map((score, place) => ({ box: boxAt(at, place) as Box, label: labels[place]!, score: score / 100000, place }));
};

describe("detection against torchvision, 100 random cases", () => {
  it("there are 100, and they differ", () => {
    expect(cases).toHaveLength(100);
    // Each rule decides something in some case.
    expect(cases.some(({ plain, low }) => plain.join() !== low.join())).toBe(true);
    expect(cases.some(({ plain }) => plain.includes(-2))).toBe(true);
    expect(cases.some(({ nms, classWise }) => nms.length < classWise.length)).toBe(true);
  });

  it("anchorGrid", () => {
    for (const { rows, columns, stride, sizes, ratios, anchors } of grids)
      expectClose(anchorGrid([{ rows, columns, stride, offset: 0, sizes }], { ratios }), anchors, { absolute: 1e-5 });
  });

  it("encodeBoxes and decodeBoxes, beyond the clip as well", () => {
    for (const [index, { encoded, decoded }] of cases.entries()) {
      const anchors = boxes(`${index}/anchors`, count);
      expectClose(encodeBoxes(anchors, boxes(`${index}/others`, count)), encoded, { absolute: 1e-6, relative: 1e-6 });
      const offsets = Float32Array.from(whole(`${index}/offsets`, 4 * count, 12001), (value, at) => (value / 1000 - 6) / (at % 4 < 2 ? 6 : 1));
      expectClose(decodeBoxes(anchors, offsets), decoded, { absolute: 1e-5, relative: 1e-5 });
    }
  });

  it("matchAnchors, with and without low-quality matches", () => {
    for (const [index, { plain, low }] of cases.entries()) {
      const [anchors, truths] = [boxes(`${index}/anchors`, count), boxes(`${index}/truths`, index % 4)];
      expect([...matchAnchors(anchors, truths, { lowQuality: false })], `case ${index}`).toEqual(plain);
      expect([...matchAnchors(anchors, truths)], `case ${index}`).toEqual(low);
    }
  });

  it("nms, over all classes and class by class", () => {
    for (const [index, { threshold, nms: kept, classWise }] of cases.entries()) {
      expect(nms(scored(index), { iou: threshold }).map(({ place }) => place)).toEqual(kept);
      expect(nms(scored(index), { iou: threshold, classWise: true }).map(({ place }) => place)).toEqual(classWise);
    }
  });

  it.each(["gaussian", "linear"] as const)("softNms, %s (against the paper's rule in Python)", (decay) => {
    for (const [index, one] of cases.entries()) {
      const kept = softNms(scored(index), { decay });
      expect(kept.map(({ place }) => place)).toEqual(one[decay].map(([place]) => place));
      expectClose(
        kept.map(({ score }) => score),
        one[decay].map(([, score]) => score),
        { absolute: 1e-6 },
      );
    }
  });
});
