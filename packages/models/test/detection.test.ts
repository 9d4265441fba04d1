import { selectBackend } from "@mammo/backend";
import { iou } from "@mammo/mammogram";
import {
  anchorCoverage,
  anchorGrid,
  background,
  decodeBoxes,
  decodeOffsets,
  detectionTargets,
  encodeBoxes,
  ignored,
  matchAnchors,
  nms,
  softNms,
} from "@mammo/models/detection";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { dispose, grad, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { boxAt } from "../src/detection/flatBoxes.ts";

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
    ["a sigma of 0", () => softNms([], { sigma: 0 }), "Expected sigma above 0, got 0."],
  ];
  it.each(refusals)("%s", async (_, call, message) => {
    await expectNoLeak(() => expect(call).toThrow(new RangeError(message)));
  });
});
