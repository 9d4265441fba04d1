// Every place of a file in which a byte can hide: gone after de-identification, or Patient Identity Removed is not YES.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { dataFolder } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { cleanCells } from "../src/dicom/deidentify/pixels/cleanCells.ts";
import type { FrameStructure } from "../src/dicom/deidentify/pixels/frameStructure.ts";
import { jpeg2000Ranges } from "../src/dicom/deidentify/pixels/jpeg2000Ranges.ts";
import { jpegRanges } from "../src/dicom/deidentify/pixels/jpegRanges.ts";
import { rleRanges } from "../src/dicom/deidentify/pixels/rleRanges.ts";
import { type ImagePixel, limitsDefaults, parseDicom, readFrames, readImagePixel, readMammogram } from "../src/index.ts";
import { deidentify } from "../src/write.ts";
import { breastFiles } from "./breastFiles.ts";
import { withOffsets } from "./hostile/codestreams.ts";
import { breastCells, concat, type Element, encapsulated, integers, mammogram, part10 } from "./writeDicom.ts";

const key = new TextEncoder().encode("a key for the tests");
const letters = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const canary = letters("CANARY^ANNA 19771107");
const notBurnedIn: Element = [0x0028_0301, "CS", "NO"];
const holds = (bytes: Uint8Array): boolean => /CANARY|\^ANNA|C.A.N.A.R.Y|19771107/i.test(Buffer.from(bytes).toString("latin1"));

async function isRemoved(bytes: Uint8Array): Promise<string> {
  const { dataSet } = await parseDicom(bytes);
  const { offset, length } = dataSet.elements.get(0x0012_0062)!;
  return new TextDecoder().decode(dataSet.bytes.subarray(offset, offset + length)).trim();
}

const decoded = async (bytes: Uint8Array) => {
  const file = await parseDicom(bytes);
  const frames: string[] = [];
  for await (const frame of readFrames(file)) frames.push(Buffer.from(frame.map((value) => value & 0xfff).buffer).toString("base64"));
  return frames;
};

const insert = (bytes: Uint8Array, at: number, what: Uint8Array): Uint8Array => concat(bytes.subarray(0, at), what, bytes.subarray(at));
const segment = (marker: number, content: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0xff, marker), integers([content.length + 2], 2, false), content);
/** The one frame of a breast file of a transfer syntax, and the file with other fragments. */
const [baseline, lossless, jpegLs, jpeg2000, htj2k, rle] = [
  ...["50", "70", "80", "90", "201"].map((last) => `1.2.840.10008.1.2.4.${last}`),
  "1.2.840.10008.1.2.5",
] as [string, string, string, string, string, string];
const files = breastFiles();

async function frameOf(syntax: string): Promise<Uint8Array> {
  const { dataSet } = await parseDicom(files.get(syntax)!);
  const { offset, length } = dataSet.elements.get(0x7fe0_0010)!.fragments![1]!;
  return dataSet.bytes.slice(offset, offset + length);
}

/** The file of a syntax with Burned In Annotation NO and with this Pixel Data element. */
async function withPixels(syntax: string, pixelElement: Uint8Array, extra: readonly Element[] = []): Promise<Uint8Array> {
  const { dataSet } = await parseDicom(files.get(syntax)!);
  const pixel = readImagePixel(dataSet, limitsDefaults);
  const bits: readonly Element[] = [
    [0x0028_0100, "US", pixel.bitsAllocated],
    [0x0028_0101, "US", pixel.bitsStored],
    [0x0028_0102, "US", pixel.highBit],
  ];
  return mammogram({ syntax, rows: pixel.rows, columns: pixel.columns, mm: 1.25, pixelElement, extra: [notBurnedIn, ...bits, ...extra] });
}

const oneFragment = async (syntax: string, change: (frame: Uint8Array) => Uint8Array): Promise<Uint8Array> =>
  withPixels(syntax, encapsulated(change(await frameOf(syntax))));
const even = (bytes: Uint8Array): Uint8Array => (bytes.length % 2 ? concat(bytes, new Uint8Array(1)) : bytes);
const longWords = (values: Uint8Array | Uint16Array): Element => [0x7fe0_0010, "OW", values];

/** Cells of 12 bits with one letter in the four bits above each of two. */
const inHighBits = (cells: Uint16Array): Uint16Array =>
  cells.map((cell, at) => cell | ((at % 2 ? canary[(at >> 1) % canary.length]! >> 4 : canary[(at >> 1) % canary.length]! & 15) << 12));
const plainCells = breastCells({ rows: 240, columns: 160, laterality: "L" });
const bytesOf = (cells: Uint16Array, littleEndian = true): Uint8Array => integers([...cells], 2, littleEndian);

/** RLE of 16-bit cells, each segment one literal run after another, with what is told put where it is told. */
function rleFrame(cells: Uint16Array, { gap = new Uint8Array(0), offsets = new Uint8Array(0), tail = new Uint8Array(0) } = {}): Uint8Array {
  const plane = (shift: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < cells.length; at += 128) {
      const run = Uint8Array.from(cells.subarray(at, at + 128), (cell) => (cell >> shift) & 255);
      parts.push(Uint8Array.of(run.length - 1), run);
    }
    return even(concat(...parts));
  };
  const [high, low] = [plane(8), plane(0)];
  const header = new Uint8Array(64);
  header.set(integers([2, 64 + gap.length, 64 + 2 * gap.length + high.length], 4));
  header.set(offsets, 12);
  return even(concat(header, gap, high, gap, low, tail));
}

const rleFile = (frame: Uint8Array): Uint8Array => mammogram({ syntax: rle, pixelElement: encapsulated(frame), extra: [notBurnedIn] });

/** Place -> a file that hides a name there. */
const places: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  "behind the last cell": () => mammogram({ cells: new Uint16Array(0), extra: [notBurnedIn, longWords(concat(bytesOf(plainCells), canary))] }),
  "behind the last cell, implicit": () =>
    mammogram({ syntax: "1.2.840.10008.1.2", extra: [notBurnedIn, longWords(concat(bytesOf(plainCells), canary))] }),
  "behind the last cell, big endian": () =>
    mammogram({ syntax: "1.2.840.10008.1.2.2", extra: [notBurnedIn, longWords(concat(bytesOf(plainCells, false), canary))] }),
  "behind the last frame of two": () =>
    mammogram({ extra: [notBurnedIn, [0x0028_0008, "IS", "2"], longWords(concat(bytesOf(plainCells), bytesOf(plainCells), canary))] }),
  "behind the last cell, deflated": () => {
    const bytes = mammogram({ extra: [notBurnedIn, longWords(concat(bytesOf(plainCells), canary))] });
    const start = 148 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(144, true);
    return concat(part10("1.2.840.10008.1.2.1.99", deflateRawSync(bytes.subarray(start))), canary);
  },
  "in cells' unused bits": () => mammogram({ cells: inHighBits(plainCells), extra: [notBurnedIn] }),
  "behind an RLE frame": () => rleFile(rleFrame(plainCells, { tail: canary })),
  "between RLE segments": () => rleFile(rleFrame(plainCells, { gap: canary })),
  "in an RLE header's unused offsets": () => rleFile(rleFrame(plainCells, { offsets: canary })),
  "in unused bits of RLE cells": () => rleFile(rleFrame(inHighBits(plainCells))),
  "behind a JPEG's end": () => oneFragment(lossless, (frame) => even(concat(frame, canary))),
  "in a JPEG's comment": () => oneFragment(lossless, (frame) => even(insert(frame, 2, segment(0xfe, canary)))),
  "in an application segment": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xe1, canary)))),
  "behind the head of an application segment": () =>
    oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xe0, concat(letters("JFIF\0"), canary))))),
  "between a JPEG's segments": () => oneFragment(lossless, (frame) => even(insert(frame, 2, canary))),
  "in a reserved JPEG segment": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xf0, canary)))),
  "in a JPEG-LS comment": () => oneFragment(jpegLs, (frame) => even(insert(frame, 2, segment(0xfe, canary)))),
  "behind a JPEG-LS end": () => oneFragment(jpegLs, (frame) => even(concat(frame, canary))),
  "in a JPEG 2000 comment": () =>
    oneFragment(jpeg2000, (frame) => even(insert(frame, 4 + 256 * frame[4]! + frame[5]!, segment(0x64, concat(Uint8Array.of(0, 1), canary))))),
  "behind a JPEG 2000 end": () => oneFragment(jpeg2000, (frame) => even(concat(frame, canary))),
  "behind an HTJ2K end": () => oneFragment(htj2k, (frame) => even(concat(frame, canary))),
  "in the offset table": async () => withPixels(lossless, withOffsets([...new Uint32Array(canary.slice().buffer)], even(await frameOf(lossless)))),
  "in a fragment of its own": async () => withPixels(lossless, withOffsets([0], even(await frameOf(lossless)), canary)),
  "in a fragment behind as many as there are frames": async () => {
    const frame = even(await frameOf(lossless));
    return withPixels(lossless, withOffsets([0, frame.length + 8], frame, frame, canary), [[0x0028_0008, "IS", "2"]]);
  },
  "in the extended offset table": async () => withPixels(lossless, encapsulated(even(await frameOf(lossless))), [[0x7fe0_0001, "UN", canary]]),
  "in a codestream of a syntax that is not known": () =>
    mammogram({ syntax: "1.2.840.10008.1.2.4.100", pixelElement: encapsulated(canary), extra: [notBurnedIn] }),
  "in pixels of an item": () =>
    mammogram({
      extra: [
        notBurnedIn,
        [
          0x0008_1140,
          "SQ",
          [
            [
              [0x0028_0010, "US", 1],
              [0x7fe0_0010, "OW", canary],
            ],
          ],
        ],
      ],
    }),
  "in pixels of no stated size": () => mammogram({ without: [0x0028_0010], extra: [notBurnedIn, longWords(canary)] }),
  "in a number": () => mammogram({ extra: [notBurnedIn, [0x0028_0106, "US", canary]] }),
  "in a number, implicit": () => mammogram({ syntax: "1.2.840.10008.1.2", extra: [notBurnedIn, [0x0028_0106, "US", canary]] }),
  "in two numbers of eight bytes": () =>
    mammogram({ extra: [notBurnedIn, [0x0018_9073, "FD", letters("CANARY^A")], [0x0018_9074, "DT", "19771107"]] }),
  "in a list of numbers": () => mammogram({ extra: [notBurnedIn, [0x0028_6020, "US", canary]] }),
  "in a number under bytes' name": () => mammogram({ extra: [notBurnedIn, [0x0028_0106, "OB", canary]] }),
  "in a lookup table": () =>
    mammogram({
      extra: [
        notBurnedIn,
        [
          0x0028_3010,
          "SQ",
          [
            [
              [0x0028_3002, "US", [10, 0, 16]],
              [0x0028_3006, "US", canary],
            ],
          ],
        ],
      ],
    }),
  "in a palette": () => mammogram({ extra: [notBurnedIn, [0x0028_1201, "OW", canary]] }),
  "in a code string of small letters": () => mammogram({ extra: [notBurnedIn, [0x0018_1400, "CS", "canary anna"]] }),
  "in a decimal string": () => mammogram({ extra: [notBurnedIn, [0x0018_1405, "DS", "CANARY"]] }),
  "in a code": () =>
    mammogram({
      extra: [
        notBurnedIn,
        [
          0x0054_0220,
          "SQ",
          [
            [
              [0x0008_0100, "SH", "CANARY"],
              [0x0008_0104, "LO", "CANARY"],
            ],
          ],
        ],
      ],
    }),
  "in a code's meaning alone": () => mammogram({ extra: [notBurnedIn, [0x0054_0220, "SQ", [[[0x0008_0104, "LO", "CANARY"]]]]] }),
  "behind everything": () => concat(mammogram({ extra: [notBurnedIn] }), canary),
  "in the preamble": () => {
    const bytes = mammogram({ extra: [notBurnedIn] });
    bytes.set(canary);
    return bytes;
  },
};

describe("a name that hides", () => {
  it.each(Object.entries(places))("%s is gone, or the file is not called clean", async (_place, make) => {
    const bytes = await make();
    const clean = await deidentify(bytes, { key });
    const [isThere, removed] = [holds(clean), await isRemoved(clean)];
    if (removed === "YES") expect(isThere).toBe(false);
    else expect(isThere || /unused bits of RLE|no stated size|not known|lookup|palette|list/.test(_place)).toBe(true);
    const [before, after] = await Promise.all([bytes, clean].map((one) => decoded(one).catch(() => undefined)));

    expect(JSON.stringify(after) === JSON.stringify(before)).toBe(true);
  });

  it("is gone from most places", async () => {
    const kept: string[] = [];
    for (const [place, make] of Object.entries(places)) if ((await isRemoved(await deidentify(await make(), { key }))) !== "YES") kept.push(place);
    expect(kept).toEqual([
      "in unused bits of RLE cells",
      "in a codestream of a syntax that is not known",
      "in pixels of no stated size",
      "in a list of numbers",
      "in a lookup table",
      "in a palette",
    ]);
  });

  it.each([...files.keys()])("nowhere leaves a file of %s as it reads, and it is called clean", async (syntax) => {
    const clean = await deidentify(files.get(syntax)!, { key, pixelsAreClean: true });
    expect(await isRemoved(clean)).toBe("YES");
    expect(JSON.stringify(await decoded(clean)) === JSON.stringify(await decoded(files.get(syntax)!))).toBe(true);
  });

  it("keeps two fragments a frame, and makes their offset table anew", async () => {
    const frame = even(await frameOf(lossless));
    const [one, two] = [frame.subarray(0, 100), frame.subarray(100)];
    const bytes = await withPixels(lossless, withOffsets([0, frame.length + 16], one, two, one, two), [[0x0028_0008, "IS", "2"]]);
    const clean = await deidentify(bytes, { key });
    const fragments = (await parseDicom(clean)).dataSet.elements.get(0x7fe0_0010)!.fragments!;
    expect(fragments.map(({ length }) => length)).toEqual([8, 100, two.length, 100, two.length]);
    expect(JSON.stringify(await decoded(clean)) === JSON.stringify(await decoded(bytes))).toBe(true);
  });
});

/** A row of cells, 8 bits each where nothing else is said. */
const pixelOf = (changes: Partial<ImagePixel> = {}): ImagePixel => ({
  ...({ rows: 1, columns: 4, frames: 1, samplesPerPixel: 1, photometricInterpretation: "MONOCHROME2", planarConfiguration: 0 } as const),
  ...({ bitsAllocated: 8, bitsStored: 8, highBit: 7, isSigned: false } as const),
  ...changes,
});

describe("native cells, by hand", () => {
  it.each<[string, Partial<ImagePixel>, boolean, readonly number[], readonly number[] | undefined]>([
    ["end with the last cell", { columns: 3 }, true, [1, 2, 3, 9], [1, 2, 3]],
    ["are too short", { columns: 3 }, true, [1, 2], undefined],
    ["of bits end in a byte", { columns: 9, bitsAllocated: 1, bitsStored: 1, highBit: 0 }, true, [255, 255, 9], [255, 1]],
    ["of bits end with a byte", { columns: 8, bitsAllocated: 1, bitsStored: 1, highBit: 0 }, true, [255, 9], [255]],
    ["of two frames", { columns: 1, frames: 2 }, true, [1, 2, 9], [1, 2]],
    ["of three samples", { columns: 1, samplesPerPixel: 3, photometricInterpretation: "RGB" }, true, [1, 2, 3, 9], [1, 2, 3]],
    ["of 4:2:2 are two values", { columns: 2, samplesPerPixel: 3, photometricInterpretation: "YBR_FULL_422" }, true, [1, 2, 3, 4, 9], [1, 2, 3, 4]],
    // The third byte of big endian words stands fourth, behind the padding.
    ["in big endian words", { columns: 3, isWords: true }, false, [2, 1, 9, 3, 9], [2, 1, 0, 3]],
    ["that fill big endian words", { columns: 4, isWords: true }, false, [2, 1, 4, 3, 9], [2, 1, 4, 3]],
    ["in big endian bytes", { columns: 3, isWords: false }, false, [1, 2, 3, 9], [1, 2, 3]],
    ["of bits in big endian words", { columns: 9, bitsAllocated: 1, bitsStored: 1, highBit: 0, isWords: true }, false, [255, 255, 9], [1, 255]],
    ["of bits behind the padding", { columns: 17, bitsAllocated: 1, bitsStored: 1, highBit: 0, isWords: true }, false, [255, 255, 9, 255], [255, 255, 0, 1]],
    ["of big endian words", { columns: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15, isWords: true }, false, [1, 2, 9, 9], [1, 2]],
    // Four bits too many: gone, unless they repeat the sign.
    ["of 12 bits in 16", { columns: 2, bitsAllocated: 16, bitsStored: 12, highBit: 11 }, true, [1, 0xf2, 3, 4], [1, 2, 3, 4]],
    ["of 12 signed bits", { columns: 3, bitsAllocated: 16, bitsStored: 12, highBit: 11, isSigned: true }, true, [1, 0xf8, 1, 0x78, 1, 0xf2], [1, 0xf8, 1, 8, 1, 2]],
    ["of 4 bits higher up", { columns: 2, bitsStored: 4, highBit: 5 }, true, [0xff, 0x3c], [0x3c, 0x3c]],
    ["of 31 bits in 32, big endian", { columns: 1, bitsAllocated: 32, bitsStored: 31, highBit: 30 }, false, [0x81, 2, 3, 4], [1, 2, 3, 4]],
    ["of 11 bits in 12 cannot be looked into", { columns: 2, bitsAllocated: 12, bitsStored: 11, highBit: 10 }, true, [1, 2, 3], undefined],
    ["of 12 bits in 12 are full", { columns: 2, bitsAllocated: 12, bitsStored: 12, highBit: 11 }, true, [1, 2, 3], [1, 2, 3]],
  ])("%s", (_name, changes, littleEndian, bytes, cleaned) => {
    const given = Uint8Array.from(bytes);
    const found = cleanCells(given, pixelOf(changes), littleEndian);
    expect(found && [...found]).toEqual(cleaned);
    expect([...given]).toEqual(bytes);
  }); // biome-ignore format: one row each
});

describe("encoded frames, by hand: bytes of 0x77 make no picture, all others do", () => {
  const hidden = 0x77;
  const bytes = (...parts: readonly (number | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
  /** What stays of a stream whose structure is known. */
  const kept = (encoded: Uint8Array, structure: FrameStructure | undefined): readonly number[] | undefined =>
    structure && [...encoded].map((byte, at) => (structure.ranges.some(([from, to]) => at >= from && at < to) ? byte : 0));
  const clean = (encoded: Uint8Array): readonly number[] => [...encoded].map((byte) => (byte === hidden ? 0 : byte));

  describe("JPEG", () => {
    const [start, end] = [[0xff, 0xd8], [0xff, 0xd9]] as const; // biome-ignore format: one row
    const jpegSegment = (marker: number, ...content: readonly number[]) => [0xff, marker, 0, content.length + 2, ...content];
    const frame = (marker = 0xc0, bits = 8, ...more: readonly number[]) => jpegSegment(marker, bits, 0, 1, 0, 4, 1, 1, 0x11, 0, ...more);
    const scan = (...more: readonly number[]) => jpegSegment(0xda, 1, 1, 0, 0, 63, 0, ...more);
    const adobe = [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 1];

    it("headers stay by their own fields, tables whole, data up to the end with what restarts and stuffs them", () => {
      const encoded = bytes(
        ...[start, jpegSegment(0xe0, hidden, hidden), jpegSegment(0xee, ...adobe, hidden), jpegSegment(0xee, hidden), jpegSegment(0xfe, hidden)],
        ...[hidden, 0xff, jpegSegment(0xdb, 1, 2), jpegSegment(0xc4, 3, 4), jpegSegment(0xdd, 0, 2, hidden), frame(0xc0, 8, hidden), scan(hidden)],
        ...[1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xd7, 4, 0xff, jpegSegment(0xc4, 5), scan(), 6, end, hidden, hidden],
      );
      const found = kept(encoded, jpegRanges(encoded, pixelOf()));
      // A fill byte before a marker may go.
      const fill = encoded.indexOf(hidden, encoded.indexOf(0xfe)) + 2;
      expect(found).toEqual(clean(encoded).map((byte, at) => (at === fill ? 0 : byte)));
    });

    it("is wider where its frame has more bits than the data set", () => {
      const isWider = (marker: number, bits: number) => {
        const encoded = bytes(start, frame(marker, bits), scan(), 1, end);
        return jpegRanges(encoded, pixelOf({ bitsStored: 8 }))?.isWider;
      };
      for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xcf, 0xf7]) expect([isWider(marker, 8), isWider(marker, 9)]).toEqual([false, true]);
      // Tables and reserved markers of the same group are no frames.
      for (const marker of [0xc4, 0xc8, 0xcc]) expect(isWider(marker, 8)).toBeUndefined();
    });

    it.each([
      ["no frame", bytes(start, scan(), 1, end)],
      ["no end", bytes(start, frame(), scan(), 1, 2)],
      ["a segment beyond its end", bytes(start, frame(), jpegSegment(0xdb, 1, 2).slice(0, -1))],
    ])("with %s is not known", (_name, encoded) => {
      expect(jpegRanges(encoded, pixelOf())).toBeUndefined();
    });
  });

  describe("JPEG 2000", () => {
    const [start, end] = [[0xff, 0x4f], [0xff, 0xd9]] as const; // biome-ignore format: one row
    const marker = (code: number, ...content: readonly number[]) => [0xff, code, 0, content.length + 2, ...content];
    const size = (depth = 7) => marker(0x51, ...new Array(36).fill(1), depth, 1, 1);
    const tile = (length: number, ...more: readonly number[]) => marker(0x90, 0, 0, 0, 0, 0, length, 0, 1, ...more);
    const comment = (text: string) => marker(0x64, 0, 1, ...new TextEncoder().encode(text));
    const data = [0xff, 0x93];
    const read = (...parts: readonly (readonly number[])[]) => jpeg2000Ranges(bytes(...parts), pixelOf());

    it("markers that a decoder needs stay, and tile-parts at their lengths; an encoder's name does, no other comment", () => {
      const encoded = bytes(
        ...[start, size(), marker(0x52, 1), marker(0x5c, 2), comment("Kakadu-v7.2"), marker(0x64, hidden, hidden, hidden), marker(0x64)],
        ...[marker(0x70, hidden), tile(12 + 2 + 3), data, [1, 2, 3], tile(0), data, [4, 0xff, 5], end, [hidden, hidden]],
      );
      expect(kept(encoded, jpeg2000Ranges(encoded, pixelOf()))).toEqual(clean(encoded));
    });

    it.each([
      ["Kakadu-v7.2.1", true],
      [`Kakadu-${"1".repeat(12)}`, true],
      [`Kakadu-${"1".repeat(13)}`, false],
      ["Created by OpenJPEG version 2.5.0", true],
      [`Created by OpenJPEG version ${"1".repeat(13)}`, false],
      ["Creator: JasPer Version 1.900.1", true],
      [`Creator: JasPer Version ${"1".repeat(13)}`, false],
      ["Kakadu-v7.2 Jane", false],
    ])("the comment %s is an encoder's name: %s", (text, isName) => {
      const encoded = bytes(start, comment(text), size(), tile(0), data, [1], end);
      const [from, to] = [8, 8 + text.length];
      const expected = isName ? [...encoded.subarray(from, to)] : new Array(text.length).fill(0);
      expect(kept(encoded, jpeg2000Ranges(encoded, pixelOf()))!.slice(from, to)).toEqual(expected);
    });

    it("is wider where its components have more bits than the data set, signed or not", () => {
      const isWider = (depth: number) => read(start, size(depth), tile(0), data, [1], end)?.isWider;
      expect([7, 8, 0x87, 0x88].map(isWider)).toEqual([false, true, false, true]);
    });

    it.each<[string, readonly (readonly number[])[]]>([
      ["data before any tile-part", [start, size(), data, [1], end]],
      ["a tile-part's head of another length", [start, size(), tile(0, 1), data, [1], end]],
      ["a tile-part beyond the end", [start, size(), tile(99), data, [1], end]],
      ["a last tile-part without an end", [start, size(), tile(0), data, [1, 2, 3, 4]]],
      ["no end", [start, size(), tile(12 + 2 + 1), data, [1]]],
      ["a marker's content beyond the end", [start, size().slice(0, -1)]],
      ["a marker shorter than its length", [start, [0xff, 0x64, 0, 1], tile(0), data, [1], end]],
      ["bytes between markers", [start, size(), [1], tile(0), data, [1], end]],
    ])("with %s is not known", (_name, parts) => {
      expect(read(...parts)).toBeUndefined();
    });
  });

  describe("RLE", () => {
    const head = (offsets: readonly number[], segments = offsets.length) => {
      const header = new Uint8Array(64).fill(hidden);
      header.set(integers([segments, ...offsets], 4));
      return [...header];
    };
    const words = pixelOf({ bitsAllocated: 16, bitsStored: 16, highBit: 15 });

    it("segments stay up to the last byte that is unpacked", () => {
      // Two literals, nothing, and one byte twice.
      const one = bytes(head([64]), [1, 5, 6, 128, 255, 9, hidden, hidden]);
      expect(kept(one, rleRanges(one, pixelOf()))).toEqual(clean(one));
      // One byte four times; five literals of which four are needed.
      const two = bytes(head([64, 66]), [253, 5, 4, 1, 2, 3, 4, hidden, hidden]);
      expect(kept(two, rleRanges(two, words))).toEqual(clean(two));
    });

    it.each([
      ["one segment for two bytes a value", bytes(head([64]), [253, 5]), words],
      ["a segment that reaches into the next", bytes(head([64, 65]), [253, 253, 7]), words],
      ["a segment in the header", bytes(head([60]), [253, 5, 253, 5]), pixelOf()],
      ["too few values", bytes(head([64]), [254, 5]), pixelOf()],
      ["a run cut off", bytes(head([64]), [2, 5, 6]), pixelOf()],
      ["nothing behind its header", bytes(head([64])), pixelOf()],
      ["half a header", bytes(head([64]).slice(0, 32)), pixelOf()],
    ])("with %s is not known", (_name, encoded, pixel) => {
      expect(rleRanges(encoded, pixel)).toBeUndefined();
    });
  });
});

describe("what reads is read after it as before", () => {
  const cases: Readonly<Record<string, readonly Element[]>> = {
    "Rows as UL": [[0x0028_0010, "UL", integers([240], 4)]],
    "Columns as SL": [[0x0028_0011, "SL", integers([160], 4)]],
    "Bits Stored as SS": [[0x0028_0101, "SS", 12]],
    "Rows as OB": [[0x0028_0010, "OB", integers([240], 2)]],
    "code strings of small letters": [
      [0x0028_0004, "CS", "monochrome1"],
      [0x0028_1056, "CS", "sigmoid"],
      [0x0018_5101, "CS", "mlo"],
      [0x0020_0062, "CS", "r"],
      [0x0020_0020, "CS", "p\\f"],
      [0x0008_0068, "CS", "for presentation"],
    ],
    "a code string that is called a word": [[0x0018_5101, "LO", "MLO"]],
    "frames as a decimal string": [[0x0028_0008, "DS", "2.0"], longWords(concat(bytesOf(plainCells), bytesOf(plainCells)))],
    "a window of unusual numbers": [
      [0x0028_1050, "DS", " 2.048E3"],
      [0x0028_1051, "DS", "+4096."],
    ],
    "a view's code without its scheme": [[0x0054_0220, "SQ", [[[0x0008_0100, "SH", "R-10226"]]]]],
    "a view's code of a scheme of its own": [
      [
        0x0054_0220,
        "SQ",
        [
          [
            [0x0008_0100, "SH", "399368009"],
            [0x0008_0102, "SH", "99LOCAL"],
            [0x0008_0104, "LO", "whatever"],
          ],
        ],
      ],
    ],
  };

  it.each(Object.entries(cases))("%s", async (_name, extra) => {
    const bytes = mammogram({ extra });
    const [before, after] = [await readMammogram(bytes), await readMammogram(await deidentify(bytes, { key }))];
    expect(Buffer.from(after.image.pixels.buffer).equals(Buffer.from(before.image.pixels.buffer))).toBe(true);
    expect(after.header.view).toEqual(before.header.view);
    expect(after.header.laterality).toEqual(before.header.laterality);
  });

  it("and a number that cannot be read does not become one that is absent", async () => {
    const { dataSet } = await parseDicom(await deidentify(mammogram({ extra: [[0x0018_1114, "DS", "CANARY"]] }), { key }));
    expect(dataSet.elements.get(0x0018_1114)!.length).toBeGreaterThan(0);
  });
});

describe("a DICOMDIR", () => {
  const record: Element = [
    0x0004_1220,
    "SQ",
    [
      [
        [0x0004_1430, "CS", "PATIENT"],
        [0x0010_0010, "PN", "CANARY^ANNA"],
      ],
    ],
  ];
  it.each([
    ["of records", mammogram({ extra: [record] })],
    ["without records", mammogram({ extra: [[0x0004_1130, "CS", "DISC"]] })],
  ])("%s is refused by what it is", async (_name, bytes) => {
    await expect(deidentify(bytes, { key })).rejects.toMatchObject({ code: "missing-attribute", message: expect.stringContaining("DICOMDIR") });
  });
});

const caseFolder = process.env["MAMMO_CASES"] ?? join(dataFolder() ?? "", "..", "cases");
const hasCases = existsSync(join(caseFolder, "dicom"));

describe("the handed cases", () => {
  it.skipIf(!hasCases).each([
    ["E1_hidden_in_pixel_padding", "YES"],
    ["E8_text_in_us", "YES"],
    ["E9_text_behind_rle_frame", "YES"],
    ["E7_rows_ul", "YES"],
    ["E2_lowercase_codes", "YES"],
  ])("%s (needs the folder of cases)", async (name, said) => {
    const bytes = new Uint8Array(await readFile(join(caseFolder, "dicom", `${name}.dcm`)));
    const clean = await deidentify(bytes, { key });
    expect(holds(clean)).toBe(false);
    expect(await isRemoved(clean)).toBe(said);
    const [before, after] = [await readMammogram(bytes), await readMammogram(clean)];
    expect(Buffer.from(after.image.pixels.buffer).equals(Buffer.from(before.image.pixels.buffer))).toBe(true);
  });

  it.skipIf(!hasCases)("E3_dicomdir (needs the folder of cases)", async () => {
    const bytes = new Uint8Array(await readFile(join(caseFolder, "dicom", "E3_dicomdir.dcm")));
    await expect(deidentify(bytes, { key })).rejects.toMatchObject({ message: expect.stringContaining("DICOMDIR") });
  });
});
