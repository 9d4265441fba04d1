import { deflateRawSync } from "node:zlib";
import { concat, dataSet, type Element, integers, mammogram, part10 } from "../writeDicom.ts";
import { compressed, jpeg2000Of, jpegOf, progressiveBomb, rleOf, withOffsets } from "./codestreams.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const explicit = "1.2.840.10008.1.2.1";
const implicit = "1.2.840.10008.1.2";
const deflated = "1.2.840.10008.1.2.1.99";
const syntax = { extended: "51", progressive: "55", lossless: "70", jpegLs: "80", jpeg2000: "90", htj2k: "201" } as const;
const of = (name: keyof typeof syntax): string => `1.2.840.10008.1.2.4.${syntax[name]}`;
const rle = "1.2.840.10008.1.2.5";

const long = (tag: readonly [number, number], vr: string, length: number): Uint8Array =>
  concat(integers(tag, 2), letters(vr), new Uint8Array(2), integers([length], 4));
const item = (length: number): Uint8Array => concat(integers([0xfffe, 0xe000], 2), integers([length], 4));

function repeated(part: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(part.length * times);
  for (let index = 0; index < times; index++) all.set(part, index * part.length);
  return all;
}
const nested = (depth: number, length: number): Uint8Array =>
  part10(explicit, repeated(concat(long([0x0008, 0x1140], "SQ", length), item(length)), depth));
const large = { rows: 6000, columns: 8000 };
const extra = (...elements: readonly Element[]) => mammogram({ extra: elements });

/** Files that once killed readers, or would: each is made when asked for, and has to end in a typed error in under a second and 300 MB. */
export const corpus: Readonly<Record<string, () => Uint8Array>> = {
  "100 nested sequences": () => nested(100, 0xffffffff),
  "2,000 nested sequences": () => nested(2_000, 0xffffffff),
  "100,000 nested sequences": () => nested(100_000, 0xffffffff),
  "100,000 nested sequences of known length": () => nested(100_000, 0x7ffffff0),
  "a length of 0x7ffffff0": () => part10(explicit, concat(long([0x0008, 0x0016], "UN", 0x7ffffff0), new Uint8Array(64))),
  "Pixel Data of length 0x7ffffff0": () => mammogram({ pixelElement: concat(long([0x7fe0, 0x0010], "OW", 0x7ffffff0), new Uint8Array(64)) }),
  "a million empty elements of one tag": () =>
    part10(implicit, new Uint8Array(new Uint32Array(3_000_000).map((_, index) => (index % 2 ? 0 : 0x00080008)).buffer)),
  "a million empty elements of many tags": () =>
    part10(
      implicit,
      new Uint8Array(
        new Uint32Array(2_000_000).map((_, index) => (index % 2 ? 0 : 0x00000008 + (index >> 17) * 2 + ((index >> 1) % 65536) * 65536)).buffer,
      ),
    ),
  "a million empty items": () => part10(explicit, concat(long([0x0008, 0x1140], "SQ", 0xffffffff), repeated(item(0), 1_000_000))),
  "half a million open items": () =>
    part10(
      explicit,
      concat(long([0x0008, 0x1140], "SQ", 0xffffffff), repeated(concat(item(0xffffffff), integers([0xfffe, 0xe00d], 2), integers([0], 4)), 500_000)),
    ),
  "rows written as 60 million numbers": () => part10(explicit, concat(long([0x0028, 0x0010], "OW", 120_000_000), new Uint8Array(120_000_000))),
  "rows written as 30 million numbers": () => extra([0x00280010, "OW", new Uint8Array(60_000_000)]),
  "a deflate bomb of 1 GiB": () => part10(deflated, repeated(deflateRawSync(new Uint8Array(16 << 20), { finishFlush: 2 }), 64)),
  "a deflated data set of noise": () =>
    part10(
      deflated,
      Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) >> 3),
    ),
  "30000 x 30000 pixels in 64 bytes": () => mammogram({ rows: 30000, columns: 30000, cells: new Uint16Array(32) }),
  "6000 x 8000 pixels in 64 bytes": () => mammogram({ ...large, cells: new Uint16Array(32) }),
  "6000 x 8000 pixels in a fragment of 64 bytes, uncompressed": () => compressed(explicit, [new Uint8Array(64)], large),
  "65535 frames": () => extra([0x00280008, "IS", "65535"]),
  "a pixel of 99 mm": () => mammogram({ mm: 99 }),
  "a pixel of a millionth of a mm": () => mammogram({ mm: 1e-6 }),
  "a JPEG Lossless header enlarged to 60000 x 60000": () => compressed(of("lossless"), [jpegOf(0xc3, 60000, 60000)]),
  "a JPEG header enlarged to 60000 x 60000": () => compressed(of("extended"), [jpegOf(0xc1, 60000, 60000)]),
  "a JPEG-LS header enlarged to 60000 x 60000": () => compressed(of("jpegLs"), [jpegOf(0xf7, 60000, 60000)]),
  "a JPEG 2000 header enlarged to 60000 x 60000": () => compressed(of("jpeg2000"), [jpeg2000Of({ rows: 60000, columns: 60000 })]),
  "an HTJ2K header enlarged to 60000 x 60000": () => compressed(of("htj2k"), [jpeg2000Of({ rows: 60000, columns: 60000 })]),
  "an RLE header enlarged to 15 segments": () => compressed(rle, [rleOf(15, ...Array.from({ length: 15 }, () => 64))]),
  "RLE segments beyond the end": () => compressed(rle, [rleOf(2, 0xfffffff0, 0x7ffffff0)]),
  "RLE segments that overlap": () => compressed(rle, [concat(rleOf(2, 64, 64), repeated(Uint8Array.of(129, 7), 200))]),
  "6000 x 8000 pixels in an empty JPEG Lossless": () => compressed(of("lossless"), [jpegOf(0xc3, 6000, 8000)], large),
  "6000 x 8000 pixels in an empty JPEG": () => compressed(of("extended"), [jpegOf(0xc1, 6000, 8000)], large),
  "6000 x 8000 pixels in an empty JPEG-LS": () => compressed(of("jpegLs"), [jpegOf(0xf7, 6000, 8000)], large),
  "6000 x 8000 pixels in an empty JPEG 2000": () => compressed(of("jpeg2000"), [jpeg2000Of(large)], large),
  "6000 x 8000 pixels in an empty HTJ2K": () => compressed(of("htj2k"), [jpeg2000Of(large)], large),
  "6000 x 8000 pixels in an empty RLE": () => compressed(rle, [rleOf(2, 64, 64)], large),
  "a progressive JPEG of 200 scans of 6000 x 8000 pixels": () => compressed(of("progressive"), [progressiveBomb(6000, 8000, 200)], large),
  "a JPEG of 600,000 Huffman tables": () =>
    compressed(of("extended"), [
      concat(jpegOf(0xc1, 240, 160).subarray(0, 15), repeated(concat(Uint8Array.of(0xff, 0xc4, 0xff, 0xfe), new Uint8Array(65532)), 157)),
    ]),
  "a JPEG 2000 codestream with subsampling": () => compressed(of("jpeg2000"), [jpeg2000Of({ rows: 240, columns: 160, step: 2 })]),
  "an HTJ2K codestream with subsampling": () => compressed(of("htj2k"), [jpeg2000Of({ rows: 240, columns: 160, step: 2 })]),
  "a JPEG 2000 codestream of 38,400 tiles": () => compressed(of("jpeg2000"), [jpeg2000Of({ rows: 240, columns: 160, tile: 1 })]),
  "a JPEG 2000 codestream of 48 million tiles": () => compressed(of("jpeg2000"), [jpeg2000Of({ ...large, tile: 1 })], large),
  "an offset table that points at itself": () =>
    mammogram({
      extra: [[0x00280008, "IS", "2"]],
      syntax: of("lossless"),
      pixelElement: withOffsets([0, 0], jpegOf(0xc3, 240, 160), new Uint8Array(8), new Uint8Array(8)),
    }),
  "an offset table that runs backwards": () =>
    mammogram({
      extra: [[0x00280008, "IS", "2"]],
      syntax: of("lossless"),
      pixelElement: withOffsets([0xfffffff0, 0], jpegOf(0xc3, 240, 160), new Uint8Array(8), new Uint8Array(8)),
    }),
  "1000 frames that share 50,000 fragments": () =>
    mammogram({
      extra: [[0x00280008, "IS", "1000"]],
      syntax: of("lossless"),
      pixelElement: withOffsets(
        Array.from({ length: 1000 }, () => 0),
        ...Array.from({ length: 50_000 }, () => new Uint8Array(0)),
      ),
    }),
  "fragments without end": () =>
    mammogram({
      syntax: of("lossless"),
      pixelElement: withOffsets([], ...Array.from({ length: 1000 }, () => new Uint8Array(0))).subarray(0, -8),
    }),
  "a fragment that holds a fragment's head": () => compressed(of("lossless"), [concat(item(0xffffffff), item(0xffffffff))]),
  "a million fragments": () =>
    mammogram({ syntax: of("lossless"), pixelElement: concat(long([0x7fe0, 0x0010], "OB", 0xffffffff), repeated(item(0), 1_000_000)) }),
  "UIDs with path parts": () =>
    mammogram({ studyUid: "../../etc/passwd", extra: [[0x00080018, "UI", "..\\..\\x"]], syntax: "1.2.840.10008.1.2.4.70/../../x" }),
  "a SOP class with path parts": () => mammogram({ sopClass: "../1.2.840.10008.5.1.4.1.1.1.2" }),
  "__proto__ as a view's code": () => mammogram({ view: "__PROTO__", extra: [[0x00540220, "SQ", [[[0x00080100, "SH", "__proto__"]]]]] }),
  "constructor as a modifier's code": () =>
    mammogram({
      view: "CONSTRUCTOR",
      extra: [
        [
          0x00540220,
          "SQ",
          [
            [
              [0x00080100, "SH", "constructor"],
              [0x00540222, "SQ", [[[0x00080100, "SH", "hasOwnProperty"]]]],
            ],
          ],
        ],
      ],
    }),
  "a million windows": () =>
    mammogram({
      laterality: "X",
      extra: [[0x00281050, "UT", "1\\".repeat(1_000_000)] as Element, [0x00281051, "UT", "1\\".repeat(1_000_000)] as Element],
    }),
  "300,000 frames' functional groups": () =>
    part10(
      explicit,
      concat(
        dataSet([[0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.13.1.3"]], { explicit: true, littleEndian: true }),
        long([0x5200, 0x9230], "SQ", 0xffffffff),
        repeated(item(0), 290_000),
        integers([0xfffe, 0xe0dd], 2),
        integers([0], 4),
      ),
    ),
};
