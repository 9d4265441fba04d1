import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { applyLinearProbe, applyStack, fitLinearProbe, fitStack } from "../src/index.ts";

const random = keyedRandom(3, "probe");
const labels = Array.from({ length: 60 }, (_, i) => Number(i % 3 === 0));
const rows = labels.map((label) => [label + random.normal(), 5 * random.normal() - 40, 1e-3 * (random.normal() - label), 7]);

/** Columns of mean 0 and deviation 1, by the definition. */
function standardized(k: number): number[] {
  const mean = rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length;
  const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / rows.length);
  return rows.map((row) => (row[k]! - mean) / deviation);
}

describe("fitLinearProbe", () => {
  it("is the stack of the standardized columns; one that never varies counts for nothing", () => {
    const columns = [0, 1, 2].map(standardized);
    for (const ridge of [0.1, 4]) {
      const [probe, stack] = [fitLinearProbe(rows, labels, { ridge }), fitStack(columns, labels, { ridge })];
      expect(probe.weights[3]).toBe(0);
      expectClose(
        rows.map((row) => applyLinearProbe(probe, row)),
        rows.map((_, i) =>
          applyStack(
            stack,
            columns.map((column) => column[i]!),
          ),
        ),
        { absolute: 1e-7 },
      );
    }
  });

  it("has a ridge of the number of features, its gradient is nil there, and its intercept is the logit at the centers", () => {
    const probe = fitLinearProbe(rows, labels);
    expect(fitLinearProbe(rows, labels, { ridge: 4 })).toEqual(probe);
    expect(applyLinearProbe(probe, probe.centers)).toBe(probe.intercept);
    const off = rows.map((row, i) => 1 / (1 + Math.exp(-applyLinearProbe(probe, row))) - labels[i]!);
    expect(Math.abs(off.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-7);
  });

  it("tells separable rows apart with finite weights, however many features there are", () => {
    const wide = labels.map((label) => Float32Array.from({ length: 500 }, (_, k) => (k === 0 ? label : random.normal())));
    const probe = fitLinearProbe(wide, labels, { ridge: 1e-3 });
    expect(wide.every((row, i) => applyLinearProbe(probe, row) > 0 === (labels[i] === 1))).toBe(true);
    expect(probe.weights.every(Number.isFinite)).toBe(true);
  });

  it.each([
    ["no rows", [], [], {}, "Expected at least one row with at least one feature, got none"],
    ["no features", [[], []], [0, 1], {}, "Expected at least one row with at least one feature, got none"],
    ["another number of labels", [[1], [2]], [0], {}, "Expected as many rows as labels, got 2 and 1"],
    ["unequal rows", [[1, 2], [2]], [0, 1], {}, "Expected 2 features in each row, got 1 at 1"],
    ["a feature that is none", [[1], [Number.NaN]], [0, 1], {}, "Expected finite features, got NaN at 1"],
    ["a label that is none", [[1], [2]], [0, 2], {}, "Expected labels 0 or 1, got 2 at 1"],
    ["one class", [[1], [2]], [1, 1], {}, "Expected labels of both classes, got 2 positive of 2"],
    ["no ridge", [[1], [2]], [0, 1], { ridge: 0 }, "Expected ridge > 0, got 0"],
    ["an endless ridge", [[1], [2]], [0, 1], { ridge: Infinity }, "Expected ridge > 0, got Infinity"],
  ] as const)("refuses %s", (_, given, own, options, message) => {
    expect(() => fitLinearProbe(given, own, options)).toThrow(new RangeError(message));
  });

  it("refuses a row of another length", () => {
    expect(() => applyLinearProbe(fitLinearProbe(rows, labels), [1])).toThrow(new RangeError("Expected 4 features, got 1"));
  });
});
