import { describe, expect, it } from "vitest";
import { jpegSegments } from "../src/dicom/codecs/jpegSegments.ts";

const found = (...bytes: readonly number[]) =>
  [...jpegSegments(Uint8Array.of(0xff, 0xd8, ...bytes))].map(({ marker, content, skipped }) => [marker, [...content], skipped]);
const [table, scan, endOfImage] = [
  [0xff, 0xc4, 0, 4, 1, 2],
  [0xff, 0xda, 0, 3, 9],
  [0xff, 0xd9],
];

describe("jpegSegments", () => {
  it("gives each segment up to the end of image", () => {
    expect(found(...table, 0xff, 0xdd, 0, 4, 0, 7, ...endOfImage, ...table)).toEqual([
      [0xc4, [1, 2], 0],
      [0xdd, [0, 7], 0],
    ]);
  });

  it("passes over fill bytes, and says how many bytes belong to no segment", () => {
    expect(found(0xff, 0xff, ...table, 5, 6, ...table)).toEqual([
      [0xc4, [1, 2], 0],
      [0xc4, [1, 2], 2],
    ]);
  });

  it("passes over a scan's data: stuffed zeros, restart markers and what JPEG-LS has behind 0xff", () => {
    expect(found(...scan, 1, 0xff, 0, 0xff, 0xd3, 2, 0xff, 0x7f, 3, ...table, ...endOfImage)).toEqual([
      [0xda, [9], 0],
      [0xc4, [1, 2], 0],
    ]);
  });

  it("cuts a segment that is longer than the stream, and ends without an end of image", () => {
    expect(found(0xff, 0xc4, 0, 200, 1, 2)).toEqual([[0xc4, [1, 2], 0]]);
    expect(found(0xff, 0xc4, 0)).toEqual([]);
  });
});
