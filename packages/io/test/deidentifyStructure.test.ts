// Every place of a file in which a byte can hide: gone after de-identification, or Patient Identity Removed is not YES.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { dataFolder } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { cleanCells } from "../src/dicom/deidentify/pixels/cleanCells.ts";
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

const shortCanary = letters("^ANNA 1977");
/** Where the last scan's header begins, and where the end of image. */
const beforeScan = (frame: Uint8Array): number => Buffer.from(frame).lastIndexOf(Uint8Array.of(0xff, 0xda));
const endOf = (frame: Uint8Array): number => Buffer.from(frame).lastIndexOf(Uint8Array.of(0xff, 0xd9));

/** A lossless JPEG of 240 x 160 equal pixels, whose one bit a pixel stands in an interval for each of two halves. */
function restarted(between: Uint8Array, symbols = new Uint8Array(0)): Uint8Array {
  const half = new Uint8Array((240 * 160) / 16);
  const frame = concat(
    Uint8Array.of(0xff, 0xd8, 0xff, 0xc3, 0, 11, 12, 0, 240, 0, 160, 1, 1, 0x11, 0),
    segment(0xc4, Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, symbols.length, ...new Uint8Array(8), 0, ...symbols)),
    segment(0xdd, integers([(240 * 160) / 2], 2, false)),
    segment(0xda, Uint8Array.of(1, 1, 0, 1, 0, 0)),
    ...[half, between, Uint8Array.of(0xff, 0xd0), half, Uint8Array.of(0xff, 0xd9)],
  );
  return mammogram({ syntax: lossless, pixelElement: encapsulated(even(frame)), extra: [notBurnedIn] });
}

/** A codestream of one tile-part with a name behind its packets: its length counts it, or says that it goes up to the end. */
function enlarged(frame: Uint8Array): Uint8Array {
  const start = Buffer.from(frame).indexOf(Uint8Array.of(0xff, 0x90));
  const longer = insert(frame, endOf(frame), canary);
  const view = new DataView(longer.buffer, longer.byteOffset);
  if (view.getUint32(start + 6) > 0) view.setUint32(start + 6, view.getUint32(start + 6) + canary.length);
  return even(longer);
}

/** A file with a VOI LUT of so many entries by its descriptor, and with these data. */
const withTable = (entries: number, data: Uint8Array): Uint8Array =>
  mammogram({
    extra: [
      notBurnedIn,
      [
        0x0028_3010,
        "SQ",
        [
          [
            [0x0028_3002, "US", [entries, 0, 16]],
            [0x0028_3006, "OW", even(data)],
          ],
        ],
      ],
    ],
  });

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
  "in a JPEG's DHP": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xde, canary)))),
  "in a JPEG's EXP": () => oneFragment(lossless, (frame) => even(insert(frame, 2, segment(0xdf, canary)))),
  "in a JPEG's DNL": () => oneFragment(lossless, (frame) => even(insert(frame, 2, segment(0xdc, canary)))),
  "in a JPEG's DAC": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xcc, canary)))),
  "in presets of JPEG-LS in a baseline JPEG": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xf8, canary)))),
  "behind a Huffman table": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xc4, concat(new Uint8Array(17), shortCanary))))),
  "in a Huffman table that no scan uses": () =>
    oneFragment(lossless, (frame) =>
      even(insert(frame, 2, segment(0xc4, concat(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, canary.length), new Uint8Array(8), canary)))),
    ),
  "in symbols of a Huffman table that a scan uses": () => restarted(new Uint8Array(0), canary),
  "in a quantization table that no component uses": () =>
    oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xdb, concat(Uint8Array.of(3), canary, new Uint8Array(64 - canary.length)))))),
  "in a quantization table of a lossless JPEG": () =>
    oneFragment(lossless, (frame) => even(insert(frame, 2, segment(0xdb, concat(Uint8Array.of(0), canary, new Uint8Array(64 - canary.length)))))),
  "in a second frame header": () =>
    oneFragment(baseline, (frame) =>
      even(insert(frame, beforeScan(frame), segment(0xc5, concat(Uint8Array.of(8, 0, 16, 0, 16, 0x20), canary, canary, canary, canary, canary)))),
    ),
  "before a JPEG's end": () => oneFragment(baseline, (frame) => even(insert(frame, endOf(frame), canary))),
  "before a JPEG Lossless end": () => oneFragment(lossless, (frame) => even(insert(frame, endOf(frame), canary))),
  "before a JPEG-LS end": () => oneFragment(jpegLs, (frame) => even(insert(frame, endOf(frame), canary))),
  "behind two bytes of a JPEG's data": () =>
    oneFragment(baseline, (frame) => {
      const start = beforeScan(frame) + 2 + frame[beforeScan(frame) + 3]!;
      return even(concat(frame.subarray(0, start + 2), canary, frame.subarray(endOf(frame))));
    }),
  "in a scan that no decoder reaches": () =>
    oneFragment(lossless, (frame) => even(insert(frame, endOf(frame), concat(frame.subarray(beforeScan(frame), beforeScan(frame) + 10), canary)))),
  "in Adobe's version and flags": () =>
    oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xee, concat(letters("Adobe^ANNA1"), Uint8Array.of(0)))))),
  "in all of Adobe's segment": () => oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xee, letters("Adobe^ANNA19"))))),
  "behind a JPEG's restart interval": () =>
    oneFragment(baseline, (frame) => even(insert(frame, 2, segment(0xdd, concat(Uint8Array.of(0, 0), canary))))),
  "before a restart marker": () => restarted(canary),
  "in presets of JPEG-LS": () =>
    oneFragment(jpegLs, (frame) => even(insert(frame, 2, segment(0xf8, concat(Uint8Array.of(1), new Uint8Array(10), canary))))),
  "in a JPEG-LS comment": () => oneFragment(jpegLs, (frame) => even(insert(frame, 2, segment(0xfe, canary)))),
  "behind a JPEG-LS end": () => oneFragment(jpegLs, (frame) => even(concat(frame, canary))),
  "in a JPEG 2000 comment": () =>
    oneFragment(jpeg2000, (frame) => even(insert(frame, 4 + 256 * frame[4]! + frame[5]!, segment(0x64, concat(Uint8Array.of(0, 1), canary))))),
  ...Object.fromEntries(
    Object.entries({ CRG: 0x63, TLM: 0x55, PPM: 0x60, PLM: 0x57, CPF: 0x59, PRF: 0x56 }).map(([name, marker]) => [
      `in a JPEG 2000 ${name}`,
      () => oneFragment(jpeg2000, (frame) => even(insert(frame, 4 + 256 * frame[4]! + frame[5]!, segment(marker, canary)))),
    ]),
  ),
  "behind a JPEG 2000 tile-part's packets": () => oneFragment(jpeg2000, enlarged),
  "behind an HTJ2K tile-part's packets": () => oneFragment(htj2k, enlarged),
  "behind a JPEG 2000 header's fields": () =>
    oneFragment(jpeg2000, (frame) => {
      const coding = Buffer.from(frame).indexOf(Uint8Array.of(0xff, 0x52));
      const longer = insert(frame, coding + 2 + frame[coding + 3]!, canary);
      longer[coding + 3]! += canary.length;
      return even(longer);
    }),
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
  "in a lookup table, in UTF-16": () => withTable(30, letters([..."CANARY ANNA 1 Main Street"].join("\0"))),
  "in a lookup table, in short runs": () => withTable(15, letters("CANARY\0MAINST7\0")),
  "behind a lookup table's entries": () => withTable(4, concat(Uint8Array.of(1, 0, 2, 0, 3, 0, 2, 0), canary)),
  "in a number of eight bytes": () => mammogram({ extra: [notBurnedIn, [0x0018_9309, "FD", letters("19771107")]] }),
  "in a number of eight bytes, with letters": () => mammogram({ extra: [notBurnedIn, [0x0018_9309, "FD", letters("^ANNA 77")]] }),
  "in an annotation of UCUM": () =>
    mammogram({
      extra: [
        notBurnedIn,
        [
          0x0054_0220,
          "SQ",
          [
            [
              [0x0008_0100, "SH", "{canary}"],
              [0x0008_0102, "SH", "UCUM"],
              [0x0008_0104, "LO", "CANARY"],
            ],
          ],
        ],
      ],
    }),
  "in an identifier of SNOMED CT": () =>
    mammogram({
      extra: [
        notBurnedIn,
        [
          0x0054_0220,
          "SQ",
          [
            [
              [0x0008_0100, "SH", "1977110712345678"],
              [0x0008_0102, "SH", "SCT"],
              [0x0008_0104, "LO", "CANARY"],
            ],
          ],
        ],
      ],
    }),
  "in a code of DICOM": () =>
    mammogram({
      extra: [
        notBurnedIn,
        [
          0x0054_0220,
          "SQ",
          [
            [
              [0x0008_0100, "SH", "19771107"],
              [0x0008_0102, "SH", "DCM"],
              [0x0008_0104, "LO", "CANARY"],
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
    else expect(isThere || /unused bits of RLE|between a JPEG|no stated size|not known|lookup|palette|list/.test(_place)).toBe(true);
    const [before, after] = await Promise.all([bytes, clean].map((one) => decoded(one).catch(() => undefined)));
    // What stands between segments keeps a file from being read; empty comments in its place do not.
    if (before === undefined) return;
    expect(JSON.stringify(after) === JSON.stringify(before)).toBe(true);
  });

  it("is gone from most places", async () => {
    const kept: string[] = [];
    for (const [place, make] of Object.entries(places)) if ((await isRemoved(await deidentify(await make(), { key }))) !== "YES") kept.push(place);
    expect(kept).toEqual([
      "in unused bits of RLE cells",
      "between a JPEG's segments",
      "in symbols of a Huffman table that a scan uses",
      "behind two bytes of a JPEG's data",
      "in a JPEG 2000 PPM",
      "in a codestream of a syntax that is not known",
      "in pixels of no stated size",
      "in a list of numbers",
      "in a lookup table",
      "in a lookup table, in UTF-16",
      "in a lookup table, in short runs",
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

describe("RLE frames, by hand: bytes of 0x77 make no picture, all others do", () => {
  const hidden = 0x77;
  const bytes = (...parts: readonly (number | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
  /** What stays of a stream whose structure is known. */
  const kept = (encoded: Uint8Array, ranges: ReturnType<typeof rleRanges>): readonly number[] | undefined =>
    ranges && [...encoded].map((byte, at) => (ranges.some(([from, to]) => at >= from && at < to) ? byte : 0));
  const clean = (encoded: Uint8Array): readonly number[] => [...encoded].map((byte) => (byte === hidden ? 0 : byte));

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

describe("a transfer syntax that nobody gave out", () => {
  it("is refused: it may be a number of the patient's", async () => {
    const bytes = mammogram({ syntax: "1.2.826.0.1.19700101.12345.9", extra: [notBurnedIn] });
    await expect(deidentify(bytes, { key })).rejects.toMatchObject({
      code: "unsupported-transfer-syntax",
      message: expect.not.stringContaining("1970"),
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
