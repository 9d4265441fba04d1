// The codestream by the letter of T.81: its segments, its Huffman table, its bounds.
import { encodeJpegLossless } from "@mammo/phantom";
import { describe, expect, it } from "vitest";

/** Segments of a codestream in front of its scan: marker and body. */
function segments(bytes: Uint8Array): { readonly marker: number; readonly body: readonly number[] }[] {
  const found = [];
  for (let at = 2; ; ) {
    const [marker, length] = [bytes[at + 1]!, bytes[at + 2]! * 256 + bytes[at + 3]!];
    found.push({ marker, body: [...bytes.subarray(at + 4, at + 2 + length)] });
    if (marker === 0xda) return found;
    at += 2 + length;
  }
}

const image = (rows: number, columns: number, of: (i: number) => number) => Uint16Array.from({ length: rows * columns }, (_, i) => of(i));

describe("encodeJpegLossless", () => {
  it("has SOF3 with its size, one DHT and SOS with selection value 1", () => {
    const bytes = encodeJpegLossless(
      image(3, 300, (i) => (i * 37) % 1000),
      { rows: 3, columns: 300, bits: 10 },
    );
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    const [frame, table, scan] = segments(bytes);
    expect(frame).toEqual({ marker: 0xc3, body: [10, 0, 3, 1, 44, 1, 1, 0x11, 0] });
    expect(table!.marker).toBe(0xc4);
    expect(scan).toEqual({ marker: 0xda, body: [1, 1, 0, 1, 0, 0] });
    const end = bytes.lastIndexOf(0xd9);
    expect(bytes[end - 1]).toBe(0xff);
    expect(bytes.length - end - 1).toBeLessThanOrEqual(1);
  });

  it.each<[string, (i: number) => number]>([
    ["one value", () => 512],
    ["two differences", (i) => 512 + (i & 1)],
    ["many", (i) => (i * i * 7919) % 1024],
    ["few that are rare", (i) => (i % 64 === 0 ? (i * 31) % 1024 : 500)],
  ])("has a complete prefix code that leaves only the code of all ones: %s", (_name, of) => {
    const bytes = encodeJpegLossless(image(16, 64, of), { rows: 16, columns: 64, bits: 10 });
    const { body } = segments(bytes)[1]!;
    const [lengths, symbols] = [body.slice(1, 17), body.slice(17)];
    expect(body[0]).toBe(0);
    expect(lengths.reduce((sum, count) => sum + count, 0)).toBe(symbols.length);
    expect(new Set(symbols).size).toBe(symbols.length);
    const longest = lengths.findLastIndex((count) => count > 0) + 1;
    // Kraft's sum in parts of the longest code: all but the one that T.81 reserves, or the half that a lone symbol leaves.
    const used = lengths.reduce((sum, count, at) => sum + count * 2 ** (longest - at - 1), 0);
    expect(used).toBe(2 ** longest - 1);
  });

  it("gives one bit to each of 800 pixels that are alike", () => {
    const bytes = encodeJpegLossless(
      image(1, 800, () => 512),
      { rows: 1, columns: 800, bits: 10 },
    );
    const start = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda) + 10;
    // One bit a pixel; the half range is the first prediction.
    expect([...bytes.subarray(start, start + 102)]).toEqual([...Array(100).fill(0), 0xff, 0xd9]);
  });

  it("takes 2 to 15 bits, and as many pixels as it says", () => {
    for (const bits of [2, 15])
      expect(
        segments(
          encodeJpegLossless(
            image(2, 2, (i) => i),
            { rows: 2, columns: 2, bits },
          ),
        )[0]!.body[0],
      ).toBe(bits);
    for (const bits of [1, 16, Number.NaN])
      expect(() =>
        encodeJpegLossless(
          image(2, 2, () => 0),
          { rows: 2, columns: 2, bits },
        ),
      ).toThrow("Expected 2 to 15 bits");
    for (const [rows, columns] of [[2, 1], [1, 2], [4, 2]] as const) // biome-ignore format: one row
      expect(() =>
        encodeJpegLossless(
          image(2, 2, () => 0),
          { rows, columns, bits: 8 },
        ),
      ).toThrow(`Expected ${rows} x ${columns} pixels, got 4`);
  });
});
