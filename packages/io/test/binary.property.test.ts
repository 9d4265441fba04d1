import { assert, boolean, constantFrom, integer, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Binary, countOnes, fillHoles, morph, regionsOf } from "../src/image/standardize/binary.ts";

// Small pictures of every proportion, grainy and not: the values 0 and 1 come as often as 0 and 1 of three.
const picture = integer({ min: 1, max: 12 }).chain((columns) =>
  uint8Array({ min: 0, max: 2, minLength: columns, maxLength: 12 * columns }).map((values): Binary => {
    const rows = Math.floor(values.length / columns);
    return { pixels: values.slice(0, rows * columns).map((value) => Math.min(value, 1)), rows, columns };
  }),
);

/** Slow twin: looks under the whole square. */
function morphSlowly({ pixels, rows, columns }: Binary, radius: number, kind: "erode" | "dilate"): Uint8Array {
  const seek = kind === "erode" ? 0 : 1;
  return pixels.map((_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    for (let y = Math.max(0, row - radius); y <= Math.min(rows - 1, row + radius); y++)
      for (let x = Math.max(0, column - radius); x <= Math.min(columns - 1, column + radius); x++) if (pixels[y * columns + x] === seek) return seek;
    return 1 - seek;
  });
}

/** Slow twin: floods from each pixel that no flood has reached. */
function floods({ pixels, rows, columns }: Binary, value: number): number[] {
  const labels = new Array<number>(pixels.length).fill(0);
  let count = 0;
  pixels.forEach((pixel, start) => {
    if (pixel !== value || labels[start] !== 0) return;
    count++;
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (labels[at] !== 0 || pixels[at] !== value) continue;
      labels[at] = count;
      const [row, column] = [Math.floor(at / columns), at % columns];
      if (row > 0) stack.push(at - columns);
      if (row < rows - 1) stack.push(at + columns);
      if (column > 0) stack.push(at - 1);
      if (column < columns - 1) stack.push(at + 1);
    }
  });
  return labels;
}

describe("binary pictures", () => {
  it("erodes and dilates as the square says", () => {
    assert(
      property(picture, integer({ min: 0, max: 5 }), constantFrom("erode" as const, "dilate" as const), (source, radius, kind) => {
        expect(morph(source, radius, kind).pixels).toEqual(morphSlowly(source, radius, kind));
      }),
      { numRuns: 1000 },
    );
  });

  it("finds the regions that a flood finds, in the same order", () => {
    assert(
      property(picture, constantFrom(0 as const, 1 as const), (source, value) => {
        const { labels, regions } = regionsOf(source, value);
        const expected = floods(source, value);
        expect([...labels]).toEqual(expected);
        expect(regions.map(({ size }) => size)).toEqual(regions.map((_, at) => expected.filter((label) => label === at + 1).length));
        regions.forEach(({ touches }, at) => {
          const isOn = (where: (row: number, column: number) => boolean) =>
            expected.some((label, pixel) => label === at + 1 && where(Math.floor(pixel / source.columns), pixel % source.columns));
          expect(touches).toEqual({
            top: isOn((row) => row === 0),
            left: isOn((_, column) => column === 0),
            bottom: isOn((row) => row === source.rows - 1),
            right: isOn((_, column) => column === source.columns - 1),
          });
        });
      }),
      { numRuns: 500 },
    );
  });

  it("fills what a flood from the edges does not reach, with open sides also what it reaches from one side alone", () => {
    assert(
      property(picture, boolean(), (source, openSides) => {
        const { pixels, rows, columns } = source;
        const flood = floods(source, 0);
        const touched = (where: (row: number, column: number) => boolean) =>
          new Set(flood.filter((_, at) => where(Math.floor(at / columns), at % columns)));
        const [top, bottom] = [touched((row) => row === 0), touched((row) => row === rows - 1)];
        const [left, right] = [touched((_, column) => column === 0), touched((_, column) => column === columns - 1)];
        const isOpen = (label: number) =>
          top.has(label) || bottom.has(label) || (openSides ? left.has(label) && right.has(label) : left.has(label) || right.has(label));
        const expected = pixels.map((pixel, at) => (pixel === 1 || !isOpen(flood[at]!) ? 1 : 0));
        expect(fillHoles(source, openSides ? { openSides } : {}).pixels).toEqual(expected);
        expect(countOnes(expected)).toBe(expected.filter((one) => one === 1).length);
      }),
      { numRuns: 1000 },
    );
  });
});
