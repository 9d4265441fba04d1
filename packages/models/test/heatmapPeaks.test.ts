import { type HeatmapLogits, heatmapPeaks } from "@mammo/models";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const heatmaps = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 4 }))
  .chain(([rows, columns, classes]) => {
    const size = rows * columns * classes;
    return fc
      .array(fc.integer({ min: -6, max: 6 }), { minLength: size, maxLength: size })
      .map((values): HeatmapLogits => ({ logits: Float32Array.from(values), rows, columns, classes }));
  });

/** ln(p / (1 − p)) of the softmax probability of the classes asked for: the definition. */
const evidenceAt = ({ logits, classes }: HeatmapLogits, cell: number, asked: readonly number[]) => {
  const exps = Array.from(logits.subarray(cell * classes, (cell + 1) * classes), Math.exp);
  const p = exps.reduce((sum, value, one) => sum + (asked.includes(one) ? value : 0), 0) / exps.reduce((a, b) => a + b, 0);
  return Math.log(p / (1 - p));
};

describe("heatmapPeaks", () => {
  it("the first peak is the highest cell; all fall, lie apart and have the softmax's log odds", () => {
    fc.assert(
      fc.property(heatmaps, (heatmap) => {
        const peaks = heatmapPeaks(heatmap, { classes: [1], most: 25 });
        const all = Array.from({ length: heatmap.rows * heatmap.columns }, (_, cell) => evidenceAt(heatmap, cell, [1]));
        expectClose(peaks[0]!.evidence, Math.max(...all), { absolute: 1e-5, relative: 1e-5 });
        for (const [index, { box, evidence, class: best }] of peaks.entries()) {
          expect(best).toBe(1);
          expectClose(evidence, all[(box.top / 64) * heatmap.columns + box.left / 64]!, { absolute: 1e-5, relative: 1e-5 });
          expect([box.bottom - box.top, box.right - box.left]).toEqual([192, 192]);
          for (const other of peaks.slice(index + 1)) {
            expect(other.evidence).toBeLessThanOrEqual(evidence);
            expect(Math.max(Math.abs(other.box.top - box.top), Math.abs(other.box.left - box.left))).toBeGreaterThan(64);
          }
        }
      }),
    );
  });

  it("gives at most as many as asked for, and names the highest class among those asked for", () => {
    const heatmap = { logits: Float32Array.of(0, 1, 0, 5, 0, 0, 0, 0, 0, 4, 0, 3), rows: 1, columns: 3, classes: 4 };
    expect(heatmapPeaks(heatmap, { classes: [1, 3] }).map((peak) => peak.class)).toEqual([3, 1]);
    expect(heatmapPeaks(heatmap, { classes: [1, 3], most: 1 })).toHaveLength(1);
  });

  it.each([[[]], [[0, 1]], [[2]], [[0.5]]])("refuses the classes %j of two", (classes) => {
    expect(() => heatmapPeaks({ logits: Float32Array.of(0, 0), rows: 1, columns: 1, classes: 2 }, { classes })).toThrow(RangeError);
  });

  it("a peak in the background gives way to the highest one in tissue, unless all is background", () => {
    // One row of four cells, the highest over the right half of a view whose left half is tissue.
    const heatmap: HeatmapLogits = { logits: Float32Array.of(0, 1, 0, -1, 0, 0, 0, 5), rows: 1, columns: 4, classes: 2 };
    const [rows, columns] = [192, 384];
    const view = { rows, columns, pixels: Float32Array.from({ length: rows * columns }, (_, i) => (i % columns < 150 ? 0.5 : 0)) };
    const first = (options: object) => heatmapPeaks(heatmap, { classes: [1], ...options })[0]!.box.left;
    expect(first({})).toBe(192);
    expect(first({ view })).toBe(0);
    expect(heatmapPeaks(heatmap, { classes: [1], view }).map(({ box }) => box.left)).not.toContain(192);
    expect(first({ view: { rows, columns, pixels: new Float32Array(rows * columns) } })).toBe(192);
  });
});
