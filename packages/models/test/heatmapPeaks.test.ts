import { cellLogOdds, type HeatmapLogits, heatmapPeaks, highestLogOdds, malignancyMap } from "@mammo/models";
import { expectClose } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Of DetectorNet's heatmap: written out, since the net's own is judged by graphs.test.ts. */
const geometry = { stride: 64, offset: 96, cellSize: 192, receptiveField: 444 };
const names = ["zero", "one", "two", "three"];

const heatmaps = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 4 }))
  .chain(([rows, columns, classes]) => {
    const size = rows * columns * classes;
    return fc
      .array(fc.integer({ min: -6, max: 6 }), { minLength: size, maxLength: size })
      .map((values): HeatmapLogits => ({ logits: Float32Array.from(values), rows, columns, classes: names.slice(0, classes), geometry }));
  });

/** ln(p / (1 − p)) of the softmax probability of the classes asked for: the definition. */
const logOddsAt = ({ logits, classes: { length } }: HeatmapLogits, cell: number, asked: readonly number[]) => {
  const exps = Array.from(logits.subarray(cell * length, (cell + 1) * length), Math.exp);
  const p = exps.reduce((sum, value, one) => sum + (asked.includes(one) ? value : 0), 0) / exps.reduce((a, b) => a + b, 0);
  return Math.log(p / (1 - p));
};

describe("heatmapPeaks", () => {
  it("the first peak is the highest cell; all fall, lie apart and have the softmax's log odds", () => {
    fc.assert(
      fc.property(heatmaps, (heatmap) => {
        const peaks = heatmapPeaks(heatmap, { classes: ["one"], most: 25 });
        const all = Array.from({ length: heatmap.rows * heatmap.columns }, (_, cell) => logOddsAt(heatmap, cell, [1]));
        expectClose(peaks[0]!.logOdds, Math.max(...all), { absolute: 1e-5, relative: 1e-5 });
        for (const [index, { box, logOdds, class: best }] of peaks.entries()) {
          expect(best).toBe("one");
          expectClose(logOdds, all[(box.top / 64) * heatmap.columns + box.left / 64]!, { absolute: 1e-5, relative: 1e-5 });
          expect([box.bottom - box.top, box.right - box.left]).toEqual([192, 192]);
          for (const other of peaks.slice(index + 1)) {
            expect(other.logOdds).toBeLessThanOrEqual(logOdds);
            expect(Math.max(Math.abs(other.box.top - box.top), Math.abs(other.box.left - box.left))).toBeGreaterThan(64);
          }
        }
      }),
    );
  });

  it("gives at most as many as asked for, and names the highest class among those asked for", () => {
    const heatmap = { logits: Float32Array.of(0, 1, 0, 5, 0, 0, 0, 0, 0, 4, 0, 3), rows: 1, columns: 3, classes: names, geometry };
    const classes = ["one", "three"];
    expect(heatmapPeaks(heatmap, { classes }).map((peak) => peak.class)).toEqual(["three", "one"]);
    expect(heatmapPeaks(heatmap, { classes, most: 1 })).toHaveLength(1);
  });

  it.each([[[]], [["zero", "one"]], [["two"]], [["malignantMass"]]])("refuses the classes %j of two", (classes) => {
    expect(() => heatmapPeaks({ logits: Float32Array.of(0, 0), rows: 1, columns: 1, classes: ["zero", "one"], geometry }, { classes })).toThrow(
      RangeError,
    );
  });

  it.each([0, -1, Number.NaN])("refuses at most %d peaks: one there always is", (most) => {
    const heatmap = { logits: Float32Array.of(0, 1), rows: 1, columns: 1, classes: ["zero", "one"], geometry };
    expect(() => heatmapPeaks(heatmap, { classes: ["one"], most })).toThrow(new RangeError(`Expected most of at least 1, got ${most}.`));
  });

  it("a peak in the background gives way to the highest one in tissue, unless all is background", () => {
    // One row of four cells, the highest over the right half of a view whose left half is tissue.
    const heatmap: HeatmapLogits = { logits: Float32Array.of(0, 1, 0, -1, 0, 0, 0, 5), rows: 1, columns: 4, classes: ["zero", "one"], geometry };
    const [rows, columns] = [192, 384];
    const view = { rows, columns, pixels: Float32Array.from({ length: rows * columns }, (_, i) => (i % columns < 150 ? 0.5 : 0)) };
    const first = (options: object) => heatmapPeaks(heatmap, { classes: ["one"], ...options })[0]!.box.left;
    expect(first({})).toBe(192);
    expect(first({ view })).toBe(0);
    expect(heatmapPeaks(heatmap, { classes: ["one"], view }).map(({ box }) => box.left)).not.toContain(192);
    expect(first({ view: { rows, columns, pixels: new Float32Array(rows * columns) } })).toBe(192);
  });
});

describe("heatmapPeaks on a map by hand", () => {
  const small = { stride: 8, offset: 4, cellSize: 8, receptiveField: 8 };
  const mapOf = (rows: readonly (readonly number[])[]): HeatmapLogits => ({
    ...{ logits: Float32Array.from(rows.flatMap((row) => row.flatMap((value) => [0, value]))), rows: rows.length, columns: rows[0]!.length },
    ...{ classes: ["zero", "one"], geometry: small },
  });
  const placesOf = (rows: readonly (readonly number[])[], options: object = {}) =>
    heatmapPeaks(mapOf(rows), { classes: ["one"], most: 99, ...options }).map(({ box }) => [box.top / 8, box.left / 8]);

  it("three are given where no number is asked for", () => {
    const rows = [[5, 0, 4, 0, 3, 0, 2]];
    expect(heatmapPeaks(mapOf(rows), { classes: ["one"] })).toHaveLength(3);
    expect(placesOf(rows)).toEqual([[0, 0], [0, 2], [0, 4], [0, 6]]); // biome-ignore format: one row
  });

  it("neighbors are those of all eight sides, and none across the map's edge", () => {
    for (const [dr, dc] of [
      [-1, -1],
      [-1, 0],
      [-1, 1],
      [0, -1],
      [0, 1],
      [1, -1],
      [1, 0],
      [1, 1],
    ] as const) {
      const rows = [[0, 0, 0], [0, 5, 0], [0, 0, 0]]; // biome-ignore format: a picture
      rows[1 + dr]![1 + dc] = 6;
      expect(placesOf(rows)).toEqual([[1 + dr, 1 + dc]]);
    }
    // The end of one row and the beginning of the next are far apart.
    expect(placesOf([[0, 0, 5], [6, 0, 0]])).toEqual([[1, 0], [0, 2]]); // biome-ignore format: one row
  });

  it("of equal neighbors the first is the peak; of equal peaks the first comes first", () => {
    expect(placesOf([[3, 3, 3]])).toEqual([[0, 0]]);
    expect(placesOf([[3, 0, 3]])).toEqual([[0, 0], [0, 2]]); // biome-ignore format: one row
    expect(placesOf([[0, 3], [3, 0]])).toEqual([[0, 1]]); // biome-ignore format: one row
  });

  it("a quarter of a cell's box is tissue enough, less is not; every fourth pixel counts", () => {
    const rows = [[5, 4]];
    // The first box has four pixels that are looked at: (0, 0), (0, 4), (4, 0), (4, 4).
    const viewOf = (...lit: readonly (readonly [number, number])[]) => {
      const pixels = new Float32Array(8 * 16);
      for (let row = 0; row < 8; row++) pixels.fill(0.5, row * 16 + 8, row * 16 + 16);
      for (const [row, column] of lit) pixels[row * 16 + column] = 0.5;
      return { view: { pixels, rows: 8, columns: 16 } };
    };
    expect(placesOf(rows, viewOf([4, 0]))).toEqual([[0, 0]]);
    expect(placesOf(rows, viewOf())).toEqual([[0, 1]]);
    expect(placesOf(rows, viewOf([3, 3], [5, 1], [1, 7]))).toEqual([[0, 1]]);
  });

  it("a box that reaches beyond the view counts what is in it", () => {
    // Boxes of 16 pixels are looked at in 16 places; of a view of 4 rows four of those are left, of 4 columns as well.
    const geometry = { stride: 16, offset: 8, cellSize: 16, receptiveField: 16 };
    const first = (rows: number, columns: number, lit: number) => {
      const pixels = new Float32Array(rows * columns);
      pixels[lit] = 0.5;
      // The higher cell is the one that has a quarter of tissue in the view, the lower one none.
      const heatmap = {
        logits: Float32Array.of(0, 5, 0, 4),
        rows: rows > columns ? 2 : 1,
        columns: rows > columns ? 1 : 2,
        classes: ["zero", "one"],
        geometry,
      };
      return heatmapPeaks(heatmap, { classes: ["one"], view: { pixels, rows, columns } }).map(({ logOdds }) => logOdds);
    };
    expect(first(4, 32, 4)).toEqual([5]);
    expect(first(32, 4, 4 * 4)).toEqual([5]);
    expect(first(4, 32, 16 + 4)).toEqual([4]);
  });
});

describe("highestLogOdds", () => {
  it("is the log-odds of the first peak, and of the highest cell", () => {
    fc.assert(
      fc.property(heatmaps, (heatmap) => {
        expect(highestLogOdds(heatmap, ["one"])).toBe(heatmapPeaks(heatmap, { classes: ["one"] })[0]!.logOdds);
        expect(highestLogOdds(heatmap, ["one"])).toBe(Math.max(...cellLogOdds(heatmap, ["one"])));
      }),
    );
  });
});

describe("malignancyMap", () => {
  it("is the softmax share of the malignant classes, whose log-odds are the cells'", () => {
    fc.assert(
      fc.property(heatmaps, (heatmap) => {
        const { cells, ...rest } = malignancyMap(heatmap, ["one"]);
        expect(rest).toEqual({ rows: heatmap.rows, columns: heatmap.columns, geometry });
        expectClose(
          cells.map((share) => Math.log(share / (1 - share))),
          cellLogOdds(heatmap, ["one"]),
          { absolute: 1e-5, relative: 1e-5 },
        );
      }),
    );
  });

  it("takes the detector's malignant classes by default, and refuses a heatmap without them", () => {
    const classes = ["background", "benignCalcification", "benignMass", "malignantCalcification", "malignantMass"];
    const heatmap = { logits: Float32Array.of(0, 0, 0, 0, 0), rows: 1, columns: 1, classes, geometry };
    expect(malignancyMap(heatmap).cells).toEqual([0.4]);
    expect(() => malignancyMap({ ...heatmap, classes: names })).toThrow(
      "Expected classes among zero, one, two, three, got malignantCalcification, malignantMass.",
    );
  });
});
