// Runs the hostile corpus in a process of its own, so that its memory can be measured; prints one JSON line a file.
import { deflateRawSync } from "node:zlib";
import { DicomError, readMammogram } from "../src/index.ts";
import { concat, encapsulated, integers, mammogram, part10 } from "./writeDicom.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const explicit = "1.2.840.10008.1.2.1";
const long = (tag: readonly [number, number], vr: string, length: number): Uint8Array =>
  concat(integers(tag, 2), letters(vr), new Uint8Array(2), integers([length], 4));
const nested = (depth: number, length: number): Uint8Array => {
  const opening = concat(long([0x0008, 0x1140], "SQ", length), integers([0xfffe, 0xe000], 2), integers([length], 4));
  const all = new Uint8Array(opening.length * depth);
  for (let index = 0; index < depth; index++) all.set(opening, index * opening.length);
  return part10(explicit, all);
};
const sof = (process: number, rows: number, columns: number): Uint8Array =>
  Uint8Array.from([
    0xff,
    0xd8,
    0xff,
    process,
    0,
    11,
    12,
    rows >> 8,
    rows & 255,
    columns >> 8,
    columns & 255,
    1,
    1,
    0x11,
    0,
    0xff,
    0xda,
    0,
    8,
    1,
    1,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
  ]);
const siz = (size: number, step = 1): Uint8Array =>
  concat(
    Uint8Array.from([0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0]),
    ...[size, size, 0, 0, size, size, 0, 0].map((value) => integers([value], 4, false)),
    Uint8Array.from([0, 1, 11, step, step]),
    new Uint8Array(64),
  );
const compressed = (syntax: string, ...fragments: readonly Uint8Array[]): Uint8Array =>
  mammogram({ syntax, pixelElement: encapsulated(...fragments) });

const corpus: Readonly<Record<string, () => Uint8Array>> = {
  "100 nested sequences": () => nested(100, 0xffffffff),
  "2,000 nested sequences": () => nested(2_000, 0xffffffff),
  "100,000 nested sequences": () => nested(100_000, 0xffffffff),
  "100,000 nested sequences of known length": () => nested(100_000, 0x7ffffff0),
  "a length of 0x7ffffff0": () => part10(explicit, concat(long([0x0008, 0x0016], "UN", 0x7ffffff0), new Uint8Array(64))),
  "a million empty elements": () =>
    part10("1.2.840.10008.1.2", new Uint8Array(new Uint32Array(3_000_000).map((_, index) => (index % 2 ? 0 : 0x00080008)).buffer)),
  "a deflate bomb of 1 GiB": () => part10("1.2.840.10008.1.2.1.99", concat(...Array.from({ length: 64 }, () => bomb))),
  "30000 x 30000 pixels in 64 bytes": () => mammogram({ rows: 30000, columns: 30000, cells: new Uint16Array(32) }),
  "6000 x 8000 pixels in 64 bytes": () => mammogram({ rows: 6000, columns: 8000, cells: new Uint16Array(32) }),
  "65535 frames": () => mammogram({ extra: [[0x00280008, "IS", "65535"]] }),
  "a JPEG Lossless header enlarged to 60000 x 60000": () => compressed("1.2.840.10008.1.2.4.70", sof(0xc3, 60000, 60000)),
  "a JPEG header enlarged to 60000 x 60000": () => compressed("1.2.840.10008.1.2.4.51", sof(0xc1, 60000, 60000)),
  "a JPEG-LS header enlarged to 60000 x 60000": () => compressed("1.2.840.10008.1.2.4.80", sof(0xf7, 60000, 60000)),
  "a JPEG 2000 header enlarged to 60000 x 60000": () => compressed("1.2.840.10008.1.2.4.90", siz(60000)),
  "a JPEG 2000 header with subsampling": () => compressed("1.2.840.10008.1.2.4.90", siz(240, 2)),
  "6000 x 8000 pixels in an empty JPEG Lossless": () =>
    mammogram({
      rows: 6000,
      columns: 8000,
      cells: new Uint16Array(0),
      syntax: "1.2.840.10008.1.2.4.70",
      pixelElement: encapsulated(sof(0xc3, 6000, 8000)),
    }),
  "6000 x 8000 pixels in an empty JPEG-LS": () =>
    mammogram({
      rows: 6000,
      columns: 8000,
      cells: new Uint16Array(0),
      syntax: "1.2.840.10008.1.2.4.80",
      pixelElement: encapsulated(sof(0xf7, 6000, 8000)),
    }),
  "an offset table that points at itself": () =>
    mammogram({
      extra: [[0x00280008, "IS", "2"]],
      syntax: "1.2.840.10008.1.2.4.70",
      pixelElement: encapsulatedTable([0, 0], sof(0xc3, 240, 160), new Uint8Array(8), new Uint8Array(8)),
    }),
  "fragments without end": () =>
    mammogram({
      syntax: "1.2.840.10008.1.2.4.70",
      pixelElement: encapsulated(...Array.from({ length: 1000 }, () => new Uint8Array(0))).subarray(0, -8),
    }),
  "a UID with path parts": () => mammogram({ studyUid: "../../etc/passwd", without: [0x00280010] }),
};
const bomb = deflateRawSync(new Uint8Array(16 << 20), { finishFlush: 2 });

function encapsulatedTable(offsets: readonly number[], ...fragments: readonly Uint8Array[]): Uint8Array {
  const item = (bytes: Uint8Array): Uint8Array => concat(integers([0xfffe, 0xe000], 2), integers([bytes.length], 4), bytes);
  return concat(
    long([0x7fe0, 0x0010], "OB", 0xffffffff),
    item(integers(offsets, 4)),
    ...fragments.map(item),
    integers([0xfffe, 0xe0dd], 2),
    integers([0], 4),
  );
}

for (const [name, make] of Object.entries(corpus)) {
  const bytes = make();
  const start = performance.now();
  const code = await readMammogram(bytes).then(
    () => "read",
    (error: unknown) => (error instanceof DicomError ? error.code : `untyped: ${String(error)}`),
  );
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ name, code, milliseconds: performance.now() - start, megabytes: maxRSS / 1024 }));
}
