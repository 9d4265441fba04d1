import { selectBackend } from "@mammo/backend";
import { iou } from "@mammo/mammogram";
import { ModelError } from "@mammo/models";
import {
  anchorCoverage,
  anchorGrid,
  background,
  type CandidateOptions,
  candidateBoxes,
  decodeBoxes,
  decodeOffsets,
  detections,
  detectionTargets,
  encodeBoxes,
  ignored,
  matchAnchors,
  nms,
  type RawDetections,
  type SoftNmsOptions,
  softNms,
} from "@mammo/models/detection";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { dispose, grad, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { boxAt } from "../src/detection/flatBoxes.ts";
import { requireInside } from "../src/run/requireInside.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

const levels = [
  { rows: 8, columns: 6, stride: 8, offset: 4, sizes: [16, 20] },
  { rows: 4, columns: 3, stride: 16, offset: 8, sizes: [32] },
];
const ratios = [0.5, 1, 2];
const anchors = anchorGrid(levels, { ratios });
const square = (top: number, left: number, side: number) => ({ top, left, bottom: top + side, right: left + side });

describe("anchors", () => {
  it("level by level, cell by cell: centered on the cells, of the size's area and the ratio's shape", () => {
    expect(anchors).toHaveLength(4 * (8 * 6 * 6 + 4 * 3 * 3));
    const { top, left, bottom, right } = boxAt(anchors, (2 * 6 + 3) * 6 + 2 * 2 + 1); // row 2, column 3, ratio 2, size 20
    expectClose([(top + bottom) / 2, (left + right) / 2, (bottom - top) * (right - left), (bottom - top) / (right - left)], [20, 28, 400, 2], {
      relative: 1e-5,
    });
    expectClose(boxAt(anchors, 8 * 6 * 6 + 1).top, 8 - 16, { absolute: 1e-5 });
  });

  it("coverage is the share of boxes with an anchor of IoU 0.5, each with its best", () => {
    const boxes = [square(20 - 8, 28 - 8, 16), square(0, 0, 4), square(10, 10, 18)];
    const { share, best } = anchorCoverage(anchors, boxes);
    const slow = boxes.map((box) => Math.max(...Array.from({ length: anchors.length / 4 }, (_, at) => iou(boxAt(anchors, at), box))));
    expectClose(best, slow, { absolute: 1e-6 });
    expectClose(best[0]!, 1, { absolute: 1e-6 });
    expect(share).toBe(slow.filter((one) => one >= 0.5).length / 3);
    expect(anchorCoverage(anchors, boxes, { iou: 0 }).share).toBe(1);
  });
});

describe("targets of a batch", () => {
  const truths = [
    [
      { box: square(10, 10, 18), label: 2 },
      { box: square(40, 20, 3), label: 0 },
    ],
    [],
  ];

  it("say for each anchor which class and box; an empty view is all background", async () => {
    await expectNoLeak(() => {
      const { classes, counted, matched, offsets } = detectionTargets(anchors, truths, { classes: 3 });
      const count = anchors.length / 4;
      expect([classes.shape, counted.shape, matched.shape, offsets.shape]).toEqual([
        [2, count, 3],
        [2, count],
        [2, count],
        [2, count, 4],
      ]);
      const flat = Float32Array.from(truths[0]!.flatMap(({ box }) => [box.top, box.left, box.bottom, box.right]));
      const matches = matchAnchors(anchors, flat);
      const [k, c, m, o] = [classes, counted, matched, offsets].map((tensor) => tensor.dataSync() as Float32Array) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      for (const [at, match] of matches.entries()) {
        expect([c[at], m[at]]).toEqual([match === ignored ? 0 : 1, match >= 0 ? 1 : 0]);
        expect([...k.subarray(3 * at, 3 * at + 3)]).toEqual([0, 1, 2].map((label) => (match >= 0 && truths[0]![match]!.label === label ? 1 : 0)));
      }
      const first = matches.indexOf(0);
      const own = (all: Float32Array, at: number) => all.slice(4 * at, 4 * at + 4);
      expectClose(decodeBoxes(own(anchors, first), own(o, first)), own(flat, 0), { absolute: 1e-4 });
      expect([...c.subarray(count), ...m.subarray(count)]).toEqual([...new Array(count).fill(1), ...new Array(count).fill(0)]);
      dispose([classes, counted, matched, offsets]);
    });
  });

  it("a lesion far smaller than any anchor still takes its best; one that no anchor touches takes none", () => {
    const small = Float32Array.of(40, 20, 43, 23);
    expect(matchAnchors(anchors, small, { lowQuality: false }).includes(0)).toBe(false);
    expect(matchAnchors(anchors, small).includes(0)).toBe(true);
    expect([...new Set(matchAnchors(anchors, Float32Array.of(900, 900, 910, 910)))]).toEqual([background]);
  });
});

describe("decodeOffsets", () => {
  it("gives decodeBoxes' boxes, in a batch too, and gradients by finite differences", () => {
    tidy(() => {
      const own = anchors.subarray(0, 8);
      const offsets = [0.1, -0.2, 0.3, -0.1, 0.5, 0.2, -0.4, 0.2];
      const on = tensor([...own], [2, 4]);
      const batch = decodeOffsets(on, tensor([...offsets, ...offsets], [2, 2, 4]));
      expect(batch.shape).toEqual([2, 2, 4]);
      const expected = [...decodeBoxes(own, Float32Array.from(offsets))];
      expectClose(batch.dataSync(), [...expected, ...expected], { absolute: 1e-4 });
      const weights = [0.3, -1, 2, 0.7, -0.2, 0.4, 1, -0.6];
      const loss = (values: readonly number[]) => {
        // The definition, in float64.
        return [0, 4].reduce((total, at) => {
          const parts = [0, 1].flatMap((axis) => {
            const [from, to] = [own[at + axis]!, own[at + axis + 2]!];
            const center = (from + to) / 2 + values[at + axis]! * (to - from);
            const half = ((to - from) * Math.exp(values[at + axis + 2]!)) / 2;
            return [(center - half) * weights[at + axis]!, (center + half) * weights[at + axis + 2]!];
          });
          return total + parts.reduce((a, b) => a + b, 0);
        }, 0);
      };
      const came = grad((x: Tensor) => sum(mul(decodeOffsets(on, x), tensor(weights, [2, 4]))))(tensor(offsets, [2, 4]));
      expectClose(
        came.dataSync(),
        offsets.map((value, at) => (loss(offsets.with(at, value + 1e-5)) - loss(offsets.with(at, value - 1e-5))) / 2e-5),
        { relative: 1e-4, absolute: 1e-3 },
      );
    });
  });
});

describe("boxes of raw numbers", () => {
  // Three anchors of 10 pixels: in the image, above it, to the right of it; logits of one class.
  const raw = (logits: number[], over: Partial<RawDetections> = {}): RawDetections => ({
    ...{ logits: Float32Array.from(logits), offsets: new Float32Array(4 * logits.length), classes: 1, rows: 40, columns: 30 },
    anchors: Float32Array.from([10, 5, 20, 15, -20, 5, -10, 15, 10, 30, 20, 40].slice(0, 4 * logits.length)),
    ...over,
  });

  it("are cut at the edges, and left out where nothing of them is in the image", () => {
    const [only, ...others] = candidateBoxes(raw([1, 2, 3]));
    expect([only, others]).toEqual([{ box: { top: 10, left: 5, bottom: 20, right: 15 }, label: 0, score: 1 / (1 + Math.exp(-1)) }, []]);
    const anchors = Float32Array.of(-5, -4, 5, 6, 35, 25, 45, 35);
    expect(candidateBoxes(raw([1, 0], { anchors })).map(({ box }) => box)).toEqual([
      { top: 0, left: 0, bottom: 5, right: 6 },
      { top: 35, left: 25, bottom: 40, right: 30 },
    ]);
  });

  it("are those of a probability of 0.05 on, of each class the best", () => {
    const anchors = Float32Array.from({ length: 12 }, (_, i) => (i % 4 < 2 ? 1 : 9));
    const scores = (logits: number[], options: CandidateOptions = {}, classes = 1) =>
      candidateBoxes(raw(logits, { anchors, classes, offsets: new Float32Array(12) }), options).map(({ label, score }) => [label, score]);
    const least = Math.log(0.05 / 0.95);
    expect(scores([least + 1e-6, least - 1e-6, -9])).toHaveLength(1);
    expect(scores([0, 1, 2], { minScore: 0 })).toHaveLength(3);
    expect(scores([0, 1, 2], { minScore: 1 })).toEqual([]);
    // Two classes, the logits of an anchor side by side.
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
    expect(scores([0, 5, 2, 4, 1, 3], { candidates: 2 }, 2)).toEqual([[0, sigmoid(2)], [0, sigmoid(1)], [1, sigmoid(5)], [1, sigmoid(4)]]); // biome-ignore format: one row
  });

  it("an option has both ends of its range, and numbers must be of the anchors", () => {
    for (const candidates of [0, -1, Number.NaN]) expect(() => candidateBoxes(raw([1]), { candidates })).toThrow(RangeError);
    for (const most of [0, -1, Number.NaN]) expect(() => detections(raw([1]), { most })).toThrow(RangeError);
    for (const minScore of [-0.1, 1.1]) expect(() => candidateBoxes(raw([1]), { minScore })).toThrow(RangeError);
    expect([candidateBoxes(raw([1]), { candidates: 1 }).length, detections(raw([1]), { most: 1 }).length]).toEqual([1, 1]);
    expect(() => candidateBoxes(raw([1], { offsets: new Float32Array(8) }))).toThrow(RangeError);
    expect(() => candidateBoxes(raw([1], { classes: 2 }))).toThrow(RangeError);
  });

  it("the findings are at most a hundred", () => {
    const anchors = Float32Array.from({ length: 4 * 120 }, (_, i) => 20 * Math.floor(i / 4) * ((i + 1) % 2) + (i % 4 < 2 ? 0 : 10));
    const many = { ...raw([1]), logits: new Float32Array(120).fill(1), offsets: new Float32Array(480), anchors, rows: 9999 };
    expect([detections(many).length, detections(many, { most: 7 }).length]).toEqual([100, 7]);
  });
});

describe("suppression by its defaults", () => {
  // The second overlaps the first by 0.3 (13 rows of 20 + 20 - 13 are 0.481; 3 of 10), the third not at all.
  const at = (top: number, score: number, label = 0) => ({ box: square(top, 0, 10), score, label });
  const overlapping = (share: number) => ({ box: { top: 0, left: 0, bottom: 10, right: 10 * share }, score: 0.5, label: 0 });

  it("nms drops above an IoU of 0.3, not at it, whatever the class, and keeps the earlier of equals", () => {
    expect([0.3, 0.31].map((share) => nms([at(0, 0.9), overlapping(share)]).length)).toEqual([2, 1]);
    expect([nms([at(0, 0.9), at(0, 0.8, 1)]).length, nms([at(0, 0.9), at(0, 0.8, 1)], { classWise: true }).length]).toEqual([1, 2]);
    expect(nms([at(0, 0.5, 3), at(0, 0.5, 4)]).map(({ label }) => label)).toEqual([3]);
    for (const iou of [0, 1]) expect(nms([at(0, 0.9), at(50, 0.8)], { iou })).toHaveLength(2);
    for (const iou of [-0.1, 1.1]) expect(() => nms([], { iou })).toThrow(RangeError);
  });

  it("softNms lowers by exp(-IoU² / 0.5), or by 1 - IoU above 0.3, keeps what has 0.001, and the earlier of equals first", () => {
    const scores = (options: SoftNmsOptions, share: number, score = 0.5) =>
      softNms([at(0, 0.9), { ...overlapping(share), score }], options).map((one) => one.score);
    expectClose(scores({}, 0.4), [0.9, 0.5 * Math.exp(-0.16 / 0.5)], { absolute: 1e-12 });
    expectClose(scores({ decay: "linear" }, 0.4), [0.9, 0.5 * 0.6], { absolute: 1e-12 });
    expect(scores({ decay: "linear" }, 0.3)).toEqual([0.9, 0.5]);
    expect([0.001, 0.0009].map((score) => softNms([at(0, 0.9), at(50, score)]).length)).toEqual([2, 1]);
    expect(softNms([at(0, 0.5, 3), at(50, 0.5, 4)]).map(({ label }) => label)).toEqual([3, 4]);
    expect(softNms([at(0, 0.9), at(0, 0.8, 1)], { classWise: true }).map(({ score }) => score)).toEqual([0.9, 0.8]);
  });
});

describe("ends of ranges", () => {
  it("anchors on a single cell, of one size and ratio", () => {
    expect([...anchorGrid([{ rows: 1, columns: 1, stride: 9, offset: 4, sizes: [2] }], { ratios: [1] })]).toEqual([3, 3, 5, 5]);
    for (const bad of [-1, Number.POSITIVE_INFINITY, Number.NaN]) expect(() => anchorGrid(levels, { ratios: [1, bad] })).toThrow(RangeError);
    for (const over of [{ columns: 0 }, { rows: -1 }, { rows: 0.01 }])
      expect(() => anchorGrid([{ ...levels[0]!, ...over }], { ratios })).toThrow(RangeError);
  });

  it("thresholds of matches, and what is at them", () => {
    const [anchor, none] = [Float32Array.of(0, 0, 10, 10), new Float32Array()];
    for (const [negative, positive] of [[0, 0], [1, 1], [0, 1]] as const) expect([...matchAnchors(anchor, none, { negative, positive })]).toEqual([background]); // biome-ignore format: one row
    for (const [negative, positive] of [[-0.1, 0.5], [0.5, 1.1]] as const) expect(() => matchAnchors(anchor, none, { negative, positive })).toThrow(RangeError); // biome-ignore format: one row
    // Halves, two fifths and less of the anchor, without those that are taken for being the best.
    const found = (share: number) => matchAnchors(anchor, Float32Array.of(0, 0, 10, 10 * share), { lowQuality: false })[0];
    expect([0.5, 0.49, 0.41, 0.39].map(found)).toEqual([0, ignored, ignored, background]);
  });

  it("labels from the first class to the last", () => {
    const label = (value: number) => () =>
      tidy(() => detectionTargets(anchors, [[{ box: square(0, 0, 9), label: value }]], { classes: 2 }).classes.shape);
    for (const value of [0, 1]) expect(label(value)()).toEqual([1, anchors.length / 4, 2]);
    for (const value of [-1, 2, 0.5]) expect(label(value)).toThrow(RangeError);
  });

  it("a box whose center lies on the first row or column is inside, on the last edge it is not", () => {
    const centered = (row: number, column: number) => ({ top: row - 1, left: column - 1, bottom: row + 1, right: column + 1 });
    const inside = (row: number, column: number) => requireInside(centered(row, column), { rows: 4, columns: 6 }, "it");
    for (const [row, column] of [[0, 0], [3.5, 5.5], [0.5, 0.5]] as const) expect(inside(row, column)).toEqual(centered(row, column)); // biome-ignore format: one row
    for (const [row, column] of [[-0.5, 2], [4, 2], [2, -0.5], [2, 6]] as const) expect(() => inside(row, column)).toThrow(ModelError); // biome-ignore format: one row
  });
});

describe("what does not fit is refused with what would", () => {
  const box = square(0, 0, 4);
  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    ["a level without cells", () => anchorGrid([{ ...levels[0]!, rows: 0 }], { ratios }), "Expected levels of at least one cell, got 0x6."],
    ["no ratio", () => anchorGrid(levels, { ratios: [] }), "Expected ratios above 0, at least one, got none."],
    ["a size of 0", () => anchorGrid([{ ...levels[0]!, sizes: [0] }], { ratios }), "Expected sizes above 0, at least one, got 0."],
    ["another number of boxes", () => encodeBoxes(new Float32Array(8), new Float32Array(4)), "Expected 2 boxes, one for each anchor, got 1."],
    [
      "anchors that are no boxes",
      () => decodeBoxes(new Float32Array(6), new Float32Array(6)),
      "Expected anchors as [N, 4], four numbers a box, got 6 numbers.",
    ],
    [
      "thresholds upside down",
      () => matchAnchors(anchors, new Float32Array(), { positive: 0.3, negative: 0.4 }),
      "Expected 0 <= negative <= positive <= 1, got 0.4 and 0.3.",
    ],
    ["an empty batch", () => detectionTargets(anchors, [], { classes: 4 }), "Expected at least one view, got none."],
    [
      "a class out of range",
      () => detectionTargets(anchors, [[], [{ box, label: 4 }]], { classes: 4 }),
      "Expected labels from 0 to 3, got 4 in view 1.",
    ],
    [
      "a box without extent",
      () => detectionTargets(anchors, [[{ box: { ...box, right: 0 }, label: 1 }]], { classes: 4 }),
      'Expected box 0 with finite top < bottom and left < right, got {"top":0,"left":0,"bottom":4,"right":0}',
    ],
    ["an IoU above 1", () => nms([], { iou: 1.5 }), "Expected iou in [0, 1], got 1.5."],
    ["an unknown decay", () => softNms([], { decay: "square" as "linear" }), 'Expected decay "gaussian" or "linear", got "square".'],
    ["a least score of NaN", () => softNms([], { minScore: Number.NaN }), "Expected minScore in [0, 1], got NaN."],
    ["a sigma of 0", () => softNms([], { sigma: 0 }), "Expected sigma above 0, got 0."],
  ];
  it.each(refusals)("%s", async (_, call, message) => {
    await expectNoLeak(() => expect(call).toThrow(new RangeError(message)));
  });
});
