import { expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { type Detection, mergeDetections, type ScoreRule, suppressDetections } from "../src/index.ts";

/** label, score, left, top, right, bottom */
type Row = [number, number, number, number, number, number];

interface Case {
  readonly boxes: [number, number, number, number][][];
  readonly scores: number[][];
  readonly labels: number[][];
  readonly weights: number[];
  readonly iou: number;
  readonly fused: Readonly<Record<ScoreRule, Row[]>>;
  readonly hard: Row[];
  readonly soft: Readonly<Record<"linear" | "gaussian", Row[]>>;
}

const { cases } = golden<{ cases: Case[] }>("boxes", import.meta.url);

const modelsOf = ({ boxes, scores, labels }: Case): Detection[][] =>
  boxes.map((list, m) =>
    list.map(([left, top, right, bottom], i) => ({ box: { top, left, bottom, right }, score: scores[m]![i]!, label: labels[m]![i]! })),
  );
const rowOf = ({ box, label, score }: Detection): Row => [label, score, box.left, box.top, box.right, box.bottom];
// Equal scores may come in any order: by label, then by place.
const sorted = (rows: readonly Row[]) => [...rows].sort((a, b) => a[0] - b[0] || (Math.abs(a[2] - b[2]) > 1e-5 ? a[2] - b[2] : a[3] - b[3])).flat();

describe("100 random cases of ensemble-boxes", () => {
  it("has 100 cases of one to five models", () => {
    expect(cases).toHaveLength(100);
    expect(new Set(cases.map(({ boxes }) => boxes.length))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it.each(["avg", "max", "box_and_model_avg", "absent_model_aware_avg"] as const)("fuses as it does, %s", (scoreRule) => {
    for (const one of cases) {
      const merged = mergeDetections(modelsOf(one), { weights: one.weights, scoreRule, iouThreshold: one.iou, minScore: 0.0001 });
      // The tool keeps its weighted boxes in float32.
      expectClose(sorted(merged.map(rowOf)), sorted(one.fused[scoreRule]), { absolute: 1e-6 });
    }
  });

  it("suppresses as it does, hard", () => {
    for (const one of cases) {
      const kept = suppressDetections(modelsOf(one).flat(), { iouThreshold: one.iou });
      expectClose(sorted(kept.map(rowOf)), sorted(one.hard), { absolute: 1e-6 });
    }
  });

  it.each(["linear", "gaussian"] as const)("suppresses as it does, %s, with its lowered scores", (method) => {
    for (const one of cases) {
      const kept = suppressDetections(modelsOf(one).flat(), { method, iouThreshold: one.iou, sigma: 0.1, minScore: 0.001 });
      expectClose(sorted(kept.map(rowOf)), sorted(one.soft[method]), { absolute: 1e-6 });
    }
  });
});
