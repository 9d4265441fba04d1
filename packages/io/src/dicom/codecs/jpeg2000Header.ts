import { DicomError } from "../dicomError.ts";

/** The largest frame in tiles of 128 x 128 has fewer. A tile costs the decoder ten kilobytes, however little it holds. */
const mostTiles = 4096;

/** What a JPEG 2000 codestream says of itself (ITU-T T.800 A.5.1, SIZ), found also inside of a JP2 file. */
export function readJpeg2000Size(encoded: Uint8Array): {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  /** The first component's values are signed. */
  readonly isSigned: boolean;
  /** It is of Part 15, high throughput: a CAP segment says so (ITU-T T.814 A.3). */
  readonly isHighThroughput: boolean;
  /** Of the codestream within the bytes. */
  readonly offset: number;
} {
  let at = 0;
  while (
    at < Math.min(encoded.length, 4096) &&
    !(encoded[at] === 0xff && encoded[at + 1] === 0x4f && encoded[at + 2] === 0xff && encoded[at + 3] === 0x51)
  )
    at++;
  if (at + 44 > encoded.length) throw new DicomError("corrupt-pixels", "Expected a JPEG 2000 codestream to begin with its size");
  const view = new DataView(encoded.buffer, encoded.byteOffset + at, encoded.length - at);
  const field = (index: number): number => view.getUint32(8 + 4 * index); // Xsiz, Ysiz, XOsiz, YOsiz, XTsiz, YTsiz, ...
  const components = view.getUint16(40);
  if (at + 42 + 3 * components > encoded.length) throw new DicomError("corrupt-pixels", "Expected a JPEG 2000 codestream to describe its components");
  for (let index = 0; index < components; index++)
    // OpenJPEG in WebAssembly writes out of its memory where components are subsampled (cornerstonejs/codecs#69).
    if (view.getUint8(43 + 3 * index) !== 1 || view.getUint8(44 + 3 * index) !== 1)
      throw new DicomError("corrupt-pixels", "Expected JPEG 2000 components without subsampling");
  const tiles = Math.ceil(field(0) / Math.max(field(4), 1)) * Math.ceil(field(1) / Math.max(field(5), 1));
  if (field(4) === 0 || field(5) === 0 || tiles > mostTiles) throw new DicomError("corrupt-pixels", `Expected at most ${mostTiles} JPEG 2000 tiles`);
  const behind = at + 42 + 3 * components;
  const isHighThroughput = encoded[behind] === 0xff && encoded[behind + 1] === 0x50;
  return {
    columns: field(0) - field(2),
    rows: field(1) - field(3),
    components,
    precision: (view.getUint8(42) & 0x7f) + 1,
    isSigned: view.getUint8(42) >= 0x80,
    isHighThroughput,
    offset: at,
  };
}

/**
 * A codestream whose components are signed -> the same with unsigned ones: the sign is a bit of SIZ, and only moves the values by half of their range.
 *
 * The decoders in WebAssembly cut negative values of up to 8 bits at 0; these they give whole.
 */
export function asUnsigned(codestream: Uint8Array): Uint8Array {
  const copy = codestream.slice();
  for (let index = 0, components = copy[40]! * 256 + copy[41]!; index < components; index++) copy[42 + 3 * index]! &= 0x7f;
  return copy;
}
