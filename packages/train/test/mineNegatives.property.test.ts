import { type MineOptions, mineNegatives, type ScoredPlace } from "@mammo/train";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const box = { top: 100, left: 100, bottom: 150, right: 140 };
const place = (row: number, column: number, score: number): ScoredPlace => ({ center: [row, column], score });

describe("mineNegatives", () => {
  it("keeps the highest of all views that lie on no lesion, of one view no more than asked, in falling score", async () => {
    const views = [
      { lesions: [{ box }], places: [place(120, 120, 9), place(10, 10, 3), place(20, 20, 5), place(30, 30, 4)] },
      { lesions: [], places: [place(120, 120, 4), place(0, 0, -1)] },
      { lesions: [], places: [] },
    ];
    const mined = await mineNegatives(views, ({ places }) => places, { most: 3, perView: 2 });
    expect(mined).toEqual([
      { view: 0, center: [20, 20], score: 5 },
      { view: 0, center: [30, 30], score: 4 },
      { view: 1, center: [120, 120], score: 4 },
    ]);
  });

  it("takes what lies within the margin of a lesion for the lesion", async () => {
    const at = async (row: number, column: number, margin?: number) => {
      const view = { lesions: [{ box }] };
      return (await mineNegatives([view], () => [place(row, column, 1)], { most: 1, ...(margin === undefined ? {} : { margin }) })).length;
    };
    expect([await at(52, 120), await at(51.9, 120), await at(198, 120), await at(198.1, 120)]).toEqual([0, 1, 0, 1]);
    expect([await at(120, 52), await at(120, 51.9), await at(120, 188), await at(120, 188.1)]).toEqual([0, 1, 0, 1]);
    expect([await at(100, 120, 0), await at(99.9, 120, 0)]).toEqual([0, 1]);
  });

  it("is what sorting all at once gives, and what it was given stays as it is", async () => {
    const places = fc.array(fc.record({ center: fc.tuple(fc.nat(300), fc.nat(300)), score: fc.integer({ min: 0, max: 5 }) }), { maxLength: 8 });
    const views = fc.array(fc.record({ lesions: fc.constantFrom([], [{ box }]), places }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(views, fc.integer({ min: 1, max: 10 }), async (views, most) => {
        const before = JSON.stringify(views);
        const mined = await mineNegatives(views, async ({ places }) => places, { most, perView: 100, margin: 0 });
        expect(JSON.stringify(views)).toBe(before);
        const every = views.flatMap(({ lesions, places }, view) =>
          places
            .filter(({ center: [r, c] }) => lesions.length === 0 || r < 100 || r > 150 || c < 100 || c > 140)
            .map((one, index) => ({ ...one, view, index })),
        );
        every.sort((a, b) => b.score - a.score || a.view - b.view || a.index - b.index);
        expect(mined).toEqual(every.slice(0, most).map(({ view, center, score }) => ({ view, center, score })));
      }),
    );
  });

  it.each<[what: string, options: MineOptions, message: string]>([
    ["no place", { most: 0 }, "Expected most to be a whole number above 0, got 0."],
    ["half a place of a view", { most: 1, perView: 0.5 }, "Expected perView to be a whole number above 0, got 0.5."],
    ["a margin below 0", { most: 1, margin: -1 }, "Expected a margin of at least 0 pixels, got -1."],
    ["a margin of NaN", { most: 1, margin: Number.NaN }, "Expected a margin of at least 0 pixels, got NaN."],
  ])("refuses %s", async (_, options, message) => {
    await expect(mineNegatives([], () => [], options)).rejects.toThrow(message);
  });

  it("refuses a score that is no number: the net's weights are spoilt", async () => {
    const places = [place(1, 1, Number.NaN)];
    const message = "Expected places of view 0 with finite scores and centers, got NaN at 1, 1.";
    await expect(mineNegatives([{ lesions: [] }], () => places, { most: 1 })).rejects.toThrow(message);
    await expect(mineNegatives([{ lesions: [] }], () => [place(Number.NaN, 1, 2)], { most: 1 })).rejects.toThrow("got 2 at NaN, 1.");
  });
});
