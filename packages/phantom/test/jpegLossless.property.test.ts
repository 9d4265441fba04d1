import { encodeJpegLossless } from "@mammo/phantom";
import fc from "fast-check";
import { Decoder } from "jpeg-lossless-decoder-js";
import { describe, expect, it } from "vitest";

/**
 * By jpeg-lossless-decoder-js, which looks a byte ahead: where the last code ends with its byte and EOI follows, it stops one pixel early
 * (io's decoder, itself judged by GDCM and DCMTK, does not). A zero byte before EOI is what it wants to see.
 */
function decode(codestream: Uint8Array): Uint16Array {
  const end = codestream.lastIndexOf(0xd9) - 1;
  const padded = Uint8Array.from([...codestream.subarray(0, end), 0, ...codestream.subarray(end)]);
  return new Decoder().decode(padded.buffer, padded.byteOffset, padded.byteLength, 2);
}

const image = fc
  .record({ rows: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 12 }), bits: fc.integer({ min: 9, max: 15 }) })
  .chain(({ rows, columns, bits }) =>
    fc.record({
      size: fc.constant({ rows, columns, bits }),
      pixels: fc
        .uint8Array({ minLength: rows * columns * 2, maxLength: rows * columns * 2 })
        .map((bytes) => Uint16Array.from({ length: rows * columns }, (_, i) => (bytes[2 * i]! + 256 * bytes[2 * i + 1]!) & ((1 << bits) - 1))),
    }),
  );

describe("encodeJpegLossless", () => {
  it("is undone by another decoder, whatever the image", () => {
    fc.assert(
      fc.property(image, ({ pixels, size }) => {
        expect(decode(encodeJpegLossless(pixels, size))).toEqual(pixels);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["the widest swings", (i: number) => (i % 2) * 32767],
    ["one value", () => 5],
    ["rare long codes", (i: number) => (i < 16 ? 1 << (i % 15) : i % 3)],
  ])("keeps %s", (_, value) => {
    const pixels = Uint16Array.from({ length: 64 * 96 }, (_, i) => value(i));
    const codestream = encodeJpegLossless(pixels, { rows: 64, columns: 96, bits: 15 });
    expect(decode(codestream)).toEqual(pixels);
    expect(codestream.length % 2).toBe(0);
    expect([...codestream.subarray(0, 4)]).toEqual([0xff, 0xd8, 0xff, 0xc3]);
  });

  it("shortens codes to 16 bits where Huffman's are longer", () => {
    // Counts that grow like Fibonacci's numbers make the deepest tree: differences of each category, alternating around zero.
    const values: number[] = [0];
    const counts = [1, 1];
    while (counts.length < 16) counts.push(counts.at(-1)! + counts.at(-2)!);
    counts.forEach((count, category) => {
      for (let k = 0; k < count; k++)
        values.push(
          category === 0
            ? values.at(-1)!
            : values.at(-1)! >= 1 << (category - 1)
              ? values.at(-1)! - (1 << (category - 1))
              : values.at(-1)! + (1 << (category - 1)),
        );
    });
    const pixels = Uint16Array.from(values);
    expect(Math.max(...values)).toBeLessThan(32768);
    expect(decode(encodeJpegLossless(pixels, { rows: 1, columns: pixels.length, bits: 15 }))).toEqual(pixels);
  });

  it("refuses what it cannot write", () => {
    expect(() => encodeJpegLossless(new Uint16Array(5), { rows: 2, columns: 3, bits: 12 })).toThrow("Expected 2 x 3 pixels, got 5");
    expect(() => encodeJpegLossless(new Uint16Array(6), { rows: 2, columns: 3, bits: 16 })).toThrow(RangeError);
  });
});
