import { boxSampler, type ViewWithBoxes } from "@mammo/train";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const [rows, columns] = [120, 100];
const box = fc
  .record({
    top: fc.integer({ min: 0, max: 380 }),
    left: fc.integer({ min: 0, max: 280 }),
    high: fc.integer({ min: 1, max: 150 }),
    wide: fc.integer({ min: 1, max: 150 }),
  })
  .map(({ top, left, high, wide }) => ({ top, left, bottom: Math.min(400, top + high), right: Math.min(300, left + wide) }));
const kind = fc.constantFrom("mass", "calcification");
const views: fc.Arbitrary<ViewWithBoxes[]> = fc
  .array(fc.record({ patientId: fc.integer({ min: 0, max: 6 }).map(String), lesions: fc.array(fc.record({ kind, box }), { maxLength: 3 }) }), {
    maxLength: 12,
  })
  .map((some) => [
    ...some.map((view) => ({ ...view, rows: 400, columns: 300 })),
    ...["mass", "calcification"].map((kind, index) => ({
      patientId: `${index}`,
      rows: 400,
      columns: 300,
      lesions: [{ kind, box: { top: 10, left: 20, bottom: 40, right: 60 } }],
    })),
  ]);
const options = fc.record({
  perBatch: fc.record({ mass: fc.nat(3), calcification: fc.nat(3) }),
  background: fc.nat(2),
  seed: fc.integer(),
  rows: fc.constant(rows),
  columns: fc.constant(columns),
});

describe("boxSampler", () => {
  it("has its windows of each kind in every batch, each step alike in any order of asking", () => {
    fc.assert(
      fc.property(views, options, (views, options) => {
        const sample = boxSampler(views, options);
        const steps = Array.from({ length: 10 }, (_, step) => sample(step));
        const { mass, calcification } = options.perBatch;
        const wanted = [
          ...new Array(mass).fill("mass"),
          ...new Array(calcification).fill("calcification"),
          ...new Array(options.background).fill(undefined),
        ];
        for (const batch of steps)
          expect(batch.map(({ view, lesion }) => (lesion === undefined ? undefined : views[view]!.lesions[lesion]!.kind))).toEqual(wanted);
        const again = boxSampler(views, options);
        expect([...steps.keys()].reverse().map((step) => again(step))).toEqual([...steps].reverse());
      }),
    );
  });

  it("puts the whole box into its window where it fits, the window into the box where not, and the window into the view", () => {
    fc.assert(
      fc.property(views, options, (views, options) => {
        const sample = boxSampler(views, options);
        for (const { view, lesion, center } of Array.from({ length: 10 }, (_, step) => sample(step)).flat()) {
          const window = { top: center[0] - rows / 2, left: center[1] - columns / 2, bottom: center[0] + rows / 2, right: center[1] + columns / 2 };
          expect(window.top >= 0 && window.left >= 0 && window.bottom <= 400 && window.right <= 300).toBe(true);
          if (lesion === undefined) continue;
          const { box } = views[view]!.lesions[lesion]!;
          const within = (low: number, high: number, from: number, to: number) => low >= from - 1e-9 && high <= to + 1e-9;
          const [tall, wide] = [box.bottom - box.top > rows, box.right - box.left > columns];
          expect(tall ? within(window.top, window.bottom, box.top, box.bottom) : within(box.top, box.bottom, window.top, window.bottom)).toBe(true);
          expect(wide ? within(window.left, window.right, box.left, box.right) : within(box.left, box.right, window.left, window.right)).toBe(true);
        }
      }),
    );
  });

  it("shows each woman with a kind once before any of them again, and all of her boxes of it in turn", () => {
    fc.assert(
      fc.property(views, fc.integer(), (views, seed) => {
        const ofMass = views.flatMap(({ patientId, lesions }, view) =>
          lesions.flatMap(({ kind }, lesion) => (kind === "mass" ? [{ patientId, key: `${view} ${lesion}` }] : [])),
        );
        const women = new Set(ofMass.map(({ patientId }) => patientId));
        const sample = boxSampler(views, { perBatch: { mass: women.size, calcification: 0 }, seed, rows, columns });
        const seen = new Set<string>();
        for (let epoch = 0; epoch < 40; epoch++) {
          const batch = sample(epoch);
          expect(new Set(batch.map(({ view }) => views[view]!.patientId))).toEqual(women);
          for (const { view, lesion } of batch) seen.add(`${view} ${lesion}`);
        }
        expect(seen).toEqual(new Set(ofMass.map(({ key }) => key)));
      }),
      { numRuns: 30 },
    );
  });

  it("lets a box lie anywhere in its window", () => {
    const view = { patientId: "a", rows: 1000, columns: 1000, lesions: [{ kind: "mass", box: { top: 500, left: 500, bottom: 520, right: 540 } }] };
    const sample = boxSampler([view], { perBatch: { mass: 1 }, seed: 3, rows: 220, columns: 240 });
    const offsets = Array.from({ length: 400 }, (_, step) => sample(step)[0]!.center).map(([row, column]) => [row - 510, column - 520] as const);
    for (const axis of [0, 1] as const) {
      const values = offsets.map((offset) => offset[axis]);
      expect(Math.max(...values)).toBeGreaterThan(90);
      expect(Math.min(...values)).toBeLessThan(-90);
      expect(values.every((value) => Math.abs(value) <= 100)).toBe(true);
    }
  });

  it("finds background clear of every box, in the breast where it is told, and takes what there is in a view full of boxes", () => {
    const lesions = [{ kind: "mass", box: { top: 100, left: 0, bottom: 250, right: 300 } }];
    const view = { patientId: "a", rows: 400, columns: 300, lesions, breast: { top: 0, left: 0, bottom: 400, right: 100 } };
    const sample = boxSampler([view], { perBatch: { mass: 0 }, background: 2, seed: 1, rows, columns });
    for (const { center, lesion } of Array.from({ length: 60 }, (_, step) => sample(step)).flat()) {
      expect(lesion).toBeUndefined();
      expect(center[0] - rows / 2 >= 250).toBe(true); // above the lesion there are but 100 rows
      expect(center[1]).toBeLessThanOrEqual(100);
    }
    const full = { patientId: "a", rows: 400, columns: 300, lesions: [{ kind: "mass", box: { top: 0, left: 0, bottom: 400, right: 300 } }] };
    expect(boxSampler([full], { perBatch: { mass: 0 }, background: 1, seed: 1, rows, columns })(0)).toHaveLength(1);
  });

  it("draws background from all of a view whose breast is not told", () => {
    const view = { patientId: "a", rows: 4, columns: 3, lesions: [{ kind: "mass", box: { top: 0, left: 0, bottom: 1, right: 1 } }] };
    const sample = boxSampler([view], { perBatch: { mass: 0 }, background: 4, seed: 2, rows: 0.5, columns: 0.5 });
    const centers = Array.from({ length: 400 }, (_, step) => sample(step)).flatMap((batch) => batch.map(({ center }) => center));
    // A window at the very edge is moved inside: a share of its half side lies there.
    const share = (axis: 0 | 1, place: number) => centers.filter((center) => center[axis] === place).length / centers.length;
    expect(share(0, 0.25)).toBeGreaterThan(0.02);
    expect(share(0, 3.75)).toBeGreaterThan(0.02);
    expect(share(1, 0.25)).toBeGreaterThan(0.02);
    expect(share(1, 2.75)).toBeGreaterThan(0.02);
  });

  it("keeps a window larger than the view in the middle", () => {
    const view = { patientId: "a", rows: 100, columns: 80, lesions: [{ kind: "mass", box: { top: 0, left: 0, bottom: 20, right: 20 } }] };
    expect(boxSampler([view], { perBatch: { mass: 1 }, seed: 1, rows: 120, columns: 100 })(0)[0]!.center).toEqual([50, 40]);
  });

  it.each<[what: string, over: object, message: string]>([
    ["no rows", { rows: 0 }, "Expected windows of rows and columns above 0, got 0x100."],
    ["columns without end", { columns: Infinity }, "Expected windows of rows and columns above 0, got 120xInfinity."],
    ["half a window", { perBatch: { mass: 0.5 } }, "Expected a whole number of windows of mass in a batch, got 0.5."],
    ["less than no background", { background: -1 }, "Expected a whole number of windows of background in a batch, got -1."],
    ["a kind without a place", { perBatch: {} }, "Expected the kinds , got a box of kind mass."],
    ["rows of NaN", { rows: Number.NaN }, "Expected windows of rows and columns above 0, got NaNx100."],
    ["a kind without a box", { perBatch: { mass: 1, calcification: 1 } }, "Expected examples of label calcification, got none."],
  ])("refuses %s", (_, over, message) => {
    const view = { patientId: "a", rows: 400, columns: 300, lesions: [{ kind: "mass", box: { top: 0, left: 0, bottom: 20, right: 20 } }] };
    expect(() => boxSampler([view], { perBatch: { mass: 1 }, seed: 1, rows, columns, ...over })).toThrow(message);
  });

  it("refuses a box or a view of NaN", () => {
    const box = { top: 0, left: 0, bottom: Number.NaN, right: 20 };
    const view = { patientId: "a", rows: 400, columns: 300, lesions: [{ kind: "mass", box }] };
    const draw = (one: typeof view) => () => boxSampler([one], { perBatch: { mass: 1 }, seed: 1, rows, columns });
    expect(draw(view)).toThrow("Expected finite sides of view 0, its breast and its boxes, got 0, 0, NaN, 20.");
    expect(draw({ ...view, columns: Number.NaN })).toThrow("got 0, 0, 400, NaN.");
  });
});
