import { array, assert, integer, property, uint16Array } from "fast-check";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { decodePng16, encodePng16 } from "../src/scale/shards/png16.ts";
import { tarHeader } from "../src/scale/shards/tar.ts";

const picture = integer({ min: 1, max: 9 }).chain((columns) =>
  uint16Array({ minLength: columns, maxLength: 9 * columns }).map((values) => {
    const rows = Math.floor(values.length / columns);
    return { rows, columns, pixels: values.slice(0, rows * columns) };
  }),
);

describe("16-bit PNG", () => {
  it("gives back what went in, also through a reader of every PNG", () => {
    assert(
      property(picture, ({ pixels, rows, columns }) => {
        const png = encodePng16(pixels, rows, columns);
        expect(decodePng16(png, rows, columns)).toEqual(pixels);
        expect(decode(png, { checkCrc: true })).toMatchObject({ width: columns, height: rows, depth: 16, channels: 1, data: pixels });
      }),
    );
  });

  it("refuses every broken byte that changes the picture, with its typed error", () => {
    const pixels = Uint16Array.from({ length: 40 }, (_, index) => (index * 7919) & 0xffff);
    const png = encodePng16(pixels, 5, 8);
    assert(
      property(array(integer({ min: 0, max: png.length - 1 }), { minLength: 1, maxLength: 3 }), integer({ min: 1, max: 255 }), (places, flip) => {
        const broken = png.slice();
        for (const place of places) broken[place]! ^= flip;
        try {
          expect(decodePng16(broken, 5, 8)).toHaveLength(40);
        } catch (error) {
          expect(error).toMatchObject({ name: "ShardError", code: "corrupt-shard" });
        }
      }),
    );
    expect(() => decodePng16(png.subarray(0, 50), 5, 8)).toThrow(/PNG/);
    expect(() => decodePng16(png, 8, 5)).toThrow(/PNG/);
  });
});

describe("tarHeader", () => {
  it("refuses names that lead elsewhere and sizes that do not fit", () => {
    expect(() => tarHeader("../a", 1)).toThrow(RangeError);
    expect(() => tarHeader("a".repeat(101), 1)).toThrow(RangeError);
    expect(() => tarHeader("a", 8 ** 11)).toThrow(/8589934591/);
  });
});
