import { expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import {
  applyLinearProbe,
  assign,
  calibrate,
  fitFindingCalibrator,
  fitIsotonic,
  fitLinearProbe,
  fitPlatt,
  fitStack,
  fitTemperature,
  mergeDetections,
  type ScoreRule,
} from "../src/index.ts";

interface Labeled {
  readonly scores: number[];
  readonly labels: number[];
}

interface Fusion {
  readonly boxes: [number, number, number, number][][];
  readonly scores: number[][];
  readonly labels: number[][];
  readonly weights: number[];
  readonly rule: ScoreRule;
  readonly expected: { box: [number, number, number, number]; score: number; label: number }[];
}

const cases = <T>(name: string) => golden<{ cases: T[] }>(name, import.meta.url).cases;
// The tool's boxes are left, top, right, bottom.
const boxOf = ([left, top, right, bottom]: readonly [number, number, number, number]) => ({ top, left, bottom, right });

describe("fitPlatt", () => {
  it.each(cases<Labeled & { slope: number; intercept: number }>("platt"))("finds scikit-learn's line, case %#", ({ scores, labels, ...line }) => {
    const fitted = fitPlatt(scores, labels);
    // scikit-learn stops at a gradient of about 1e-5, ours goes on.
    expectClose([fitted.slope, fitted.intercept], [line.slope, line.intercept], { relative: 2e-4, absolute: 2e-5 });
    expectClose(
      scores.map((score) => calibrate(fitted, score)),
      scores.map((score) => 1 / (1 + Math.exp(-line.slope * score - line.intercept))),
      { absolute: 1e-5 },
    );
  });

  it("gives LibSVM's numbers on the example of scikit-learn's own test", () => {
    const { slope, intercept } = fitPlatt([5, -4, 1], [1, 0, 0]);
    expectClose([slope, intercept], [0.20261354391187855, -0.6523631498001051], { absolute: 1e-5 });
  });
});

describe("fitTemperature", () => {
  it.each(cases<Labeled & { temperature: number }>("temperature"))(
    "finds the minimum, as scipy finds where its slope is zero, case %#",
    ({ scores, labels, temperature }) => {
      expectClose(fitTemperature(scores, labels).temperature, temperature, { relative: 1e-9 });
    },
  );
});

describe("fitIsotonic", () => {
  it.each(cases<{ members: number[][]; labels: number[]; ridge: number; weights: number[]; intercept: number }>("stack"))(
    "stacks with scikit-learn's weights, case %#",
    ({ members, labels, ridge, weights, intercept }) => {
      const found = fitStack(members, labels, { ridge });
      expectClose(found.weights, weights, { relative: 1e-6, absolute: 1e-9 });
      expectClose(found.intercept, intercept, { relative: 1e-6, absolute: 1e-8 });
    },
  );

  it.each(cases<Labeled & { at: number[]; probabilities: number[] }>("isotonic"))("draws scikit-learn's curve, case %#", (given) => {
    const fitted = fitIsotonic(given.scores, given.labels);
    expectClose(
      given.at.map((score) => calibrate(fitted, score)),
      given.probabilities,
      { absolute: 1e-9 },
    );
  });
});

describe("assign", () => {
  it.each(cases<{ rows: number; columns: number; cost: number[]; total: number }>("assign"))("costs what scipy's does, $rows x $columns", (given) => {
    const columnOf = assign(given.cost, given.rows, given.columns);
    const used = [...columnOf].filter((column) => column >= 0);
    expect(new Set(used).size).toBe(Math.min(given.rows, given.columns));
    const total = columnOf.reduce((sum, column, row) => sum + (column < 0 ? 0 : given.cost[row * given.columns + column]!), 0);
    expectClose(total, given.total, { absolute: 1e-9 });
  });
});

describe("mergeDetections", () => {
  it.each(cases<Fusion>("fusion"))("fuses as ensemble-boxes does, $rule, case %#", ({ boxes, scores, labels, weights, rule, expected }) => {
    const perModel = boxes.map((list, m) => list.map((box, i) => ({ box: boxOf(box), score: scores[m]![i]!, label: labels[m]![i]! })));
    const merged = mergeDetections(perModel, { weights, scoreRule: rule, iouThreshold: 0.5, minScore: 0.0001 });
    const flat = (list: readonly { box: { left: number; top: number; right: number; bottom: number }; score: number; label: number }[]) =>
      list.flatMap(({ box, score, label }) => [label, score, box.left, box.top, box.right, box.bottom]);
    // The tool keeps its weighted boxes in float32.
    expectClose(flat(merged), flat(expected.map(({ box, ...rest }) => ({ box: boxOf(box), ...rest }))), { absolute: 1e-6 });
  });
});

describe("fitLinearProbe", () => {
  it.each(cases<{ rows: number[][]; labels: number[]; ridge: number; intercept: number; logits: number[] }>("linearProbe"))(
    "finds scikit-learn's minimum, case %#",
    ({ rows, labels, ridge, intercept, logits }) => {
      const probe = fitLinearProbe(rows, labels, { ridge });
      expectClose(probe.intercept, intercept, { relative: 1e-6, absolute: 1e-8 });
      expectClose(
        rows.map((row) => applyLinearProbe(probe, row)),
        logits,
        { relative: 1e-6, absolute: 1e-8 },
      );
    },
  );
});

describe("fitFindingCalibrator", () => {
  interface Case {
    readonly breasts: number[];
    readonly below: [number, number][];
    readonly labels: (0 | 1)[];
    readonly ridge: number;
    readonly breast: number;
    readonly view: number;
    readonly peak: number;
    readonly intercept: number;
  }

  it.each(cases<Case>("findingCalibrator"))("finds SciPy's minimum, case %#", ({ breasts, below, labels, ridge, ...wanted }) => {
    const findings = breasts.map((breastLogit, i) => ({ breastLogit, below: { view: below[i]![0], peak: below[i]![1] }, cancer: labels[i]! }));
    const found = fitFindingCalibrator(findings, { ridge });
    const { breast, view, peak, intercept } = wanted;
    expectClose([found.breast, found.view, found.peak, found.intercept], [breast, view, peak, intercept], { relative: 1e-5, absolute: 1e-5 });
    expect(found.findings).toBe(below.filter(([ofView, ofPeak]) => ofView !== 0 || ofPeak !== 0).length);
  });
});
