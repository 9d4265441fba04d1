import { deflateRawSync, deflateSync } from "node:zlib";
import { concat, integers } from "../writeDicom.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const chunk = (type: string, body: Uint8Array): Uint8Array => concat(integers([body.length], 4, false), letters(type), body, new Uint8Array(4));
const png = (columns: number, rows: number, ...rest: readonly Uint8Array[]): Uint8Array =>
  concat(
    Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", concat(integers([columns, rows], 4, false), Uint8Array.from([16, 0, 0, 0, 0]))),
    ...rest,
  );
const repeated = (part: Uint8Array, times: number): Uint8Array => {
  const all = new Uint8Array(part.length * times);
  for (let at = 0; at < all.length; at += part.length) all.set(part, at);
  return all;
};
type Field = readonly [tag: number, count: number, value: number];
const tiff = (fields: readonly Field[], ...rest: readonly Uint8Array[]): Uint8Array =>
  concat(
    letters("II"),
    integers([42], 2),
    integers([8], 4),
    integers([fields.length], 2),
    ...fields.map(([tag, count, value]) => concat(integers([tag, 4], 2), integers([count, value], 4))),
    integers([0], 4),
    ...rest,
  );
const size = (columns: number, rows: number, compression = 8): readonly Field[] => [
  [256, 1, columns],
  [257, 1, rows],
  [258, 1, 16],
  [259, 1, compression],
  [262, 1, 1],
];

// 16 MiB of zeros without an end, 64 times: 1 GiB in a megabyte.
const piece = deflateRawSync(new Uint8Array(16 << 20), { finishFlush: 2 });
const bomb = concat(Uint8Array.from([0x78, 0x9c]), ...Array.from({ length: 64 }, () => piece));
const wholeTile = deflateSync(new Uint8Array(16 << 20));
const deflated = deflateSync(new Uint8Array(2));
const strip = (length: number): readonly Field[] => [
  [273, 1, 200],
  [278, 1, 0xffffffff],
  [279, 1, length],
];

/** Pictures that once took readers' time or memory. */
export const rasterCorpus: Readonly<Record<string, () => Uint8Array>> = {
  "a PNG bomb of 1 GiB": () => png(10, 10, chunk("IDAT", bomb), chunk("IEND", new Uint8Array(0))),
  "a PNG of 30000 x 30000": () => png(30000, 30000, chunk("IDAT", deflateSync(new Uint8Array(64)))),
  "a PNG of 6000 x 8000 in 64 bytes": () => png(6000, 8000, chunk("IDAT", deflateSync(new Uint8Array(64)))),
  "a PNG of 4294967295 rows of nothing": () => png(0, 0xffffffff),
  "a PNG chunk of 4 GiB": () => png(10, 10, concat(integers([0xffffffff], 4, false), letters("IDAT"), new Uint8Array(64))),
  "a PNG of 100,000 empty chunks": () => png(10, 10, repeated(chunk("IDAT", new Uint8Array(0)), 100_000)),
  "a TIFF of 30000 x 30000": () => tiff([...size(30000, 30000), ...strip(64)], new Uint8Array(200)),
  "a TIFF of 6000 x 8000 in 64 bytes": () => tiff([...size(6000, 8000), ...strip(64)], new Uint8Array(200)),
  "a TIFF of 6000 x 8000 in 64 bytes of LZW": () => tiff([...size(6000, 8000, 5), ...strip(64)], new Uint8Array(200)),
  "a TIFF of 6000 x 8000 in 64 bytes of PackBits": () => tiff([...size(6000, 8000, 32773), ...strip(64)], new Uint8Array(200)),
  "a TIFF bomb of 1 GiB": () => tiff([...size(10, 10), ...strip(bomb.length)], new Uint8Array(200 - 10 - 12 * 8 - 4), bomb),
  "a TIFF of one tile of 65535 x 65535": () => tiff([...size(10, 10), [322, 1, 65535], [323, 1, 65535], [324, 1, 8], [325, 1, 8]]),
  "a TIFF of tiles without width": () => tiff([...size(10, 10), [322, 1, 0], [323, 1, 0], [324, 1, 8], [325, 1, 8]]),
  "a TIFF of 48 million strips": () => tiff([...size(1, 48_000_000, 1), [273, 48_000_000, 8], [278, 1, 1], [279, 48_000_000, 8]]),
  "a TIFF of 60,000 deflated strips in one place": () =>
    tiff(
      [...size(1, 60_000), [273, 60_000, 200], [278, 1, 1], [279, 60_000, 240_200]],
      new Uint8Array(200 - 10 - 12 * 8 - 4),
      integers(new Array<number>(60_000).fill(480_200), 4),
      integers(new Array<number>(60_000).fill(deflated.length), 4),
      deflated,
    ),
  "a TIFF of 256 tiles of 16 MiB in one place, for a picture of 256 pixels": () =>
    tiff(
      [...size(256, 1), [322, 1, 1], [323, 1, 8 << 20], [324, 256, 200], [325, 256, 1224]],
      new Uint8Array(200 - 10 - 12 * 9 - 4),
      integers(new Array<number>(256).fill(2248), 4),
      integers(new Array<number>(256).fill(wholeTile.length), 4),
      wholeTile,
    ),
  "a TIFF of 65,535 fields that are not there": () => concat(letters("MM"), integers([42], 2, false), integers([8], 4, false), integers([65535], 2)),
  "a TIFF whose directory lies behind its end": () => concat(letters("II"), integers([42], 2), integers([0x7ffffff0], 4)),
  "a TIFF whose directory is its own header": () => concat(letters("II"), integers([42], 2), integers([0], 4), new Uint8Array(600)),
  "a JPEG of 60000 x 60000": () => Uint8Array.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 234, 96, 234, 96, 1, 1, 0x11, 0, 0xff, 0xd9]),
  "a JPEG of 6000 x 8000 in 17 bytes": () => Uint8Array.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 23, 112, 31, 64, 1, 1, 0x11, 0, 0xff, 0xd9]),
  "a PGM of 30000 x 30000": () => letters("P5 30000 30000 65535\n"),
  "a PGM of 6000 x 8000 in 64 bytes": () => concat(letters("P5 6000 8000 65535\n"), new Uint8Array(64)),
  "a PGM comment without end": () => concat(letters("P5 #"), new Uint8Array(1 << 20).fill(65)),
  "a PNG of 3 million empty chunks": () => png(10, 10, repeated(chunk("IDAT", new Uint8Array(0)), 3_000_000)),
  "a PNG of 8000 x 6000 pixels of four colors of 16 bits": () => {
    const file = png(8000, 6000, chunk("IDAT", deflateSync(new Uint8Array(6000 * (8 * 8000 + 1)), { level: 1 })), chunk("IEND", new Uint8Array(0)));
    file[25] = 6;
    return file;
  },
  "a TIFF of 16,384 deflated strips in one place": () =>
    tiff(
      [...size(1, 16_384), [273, 16_384, 200], [278, 1, 1], [279, 16_384, 65_736]],
      new Uint8Array(200 - 10 - 12 * 8 - 4),
      integers(new Array<number>(16_384).fill(131_272), 4),
      integers(new Array<number>(16_384).fill(60_000), 4),
      deflateSync(new Uint8Array(60_000)),
      new Uint8Array(60_000),
    ),
};
