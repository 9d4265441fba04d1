import { unpackBits } from "../../dicom/codecs/rle.ts";
import { DicomError } from "../../dicom/dicomError.ts";
import { inflate } from "../../dicom/inflate.ts";
import type { Limits } from "../../dicom/limits.ts";
import { checkRasterSize, type Raster } from "./raster.ts";
import { readTiffDirectory } from "./tiffDirectory.ts";
import { readTiffLzw } from "./tiffLzw.ts";

// Strips of one row are common, tiles of fewer than 64 x 64 pixels are not; each costs time of its own.
const blocksLimit = 2 ** 14;
const blockBytesLimit = 2 ** 27;
/** Of all strips or tiles together: some times what the image shows, and what small images in tiles of usual size take. */
const excess = { times: 4, bytes: 2 ** 24 } as const;

/** One strip or tile -> `size` bytes of samples. */
type Unpack = (encoded: Uint8Array, size: number) => Uint8Array | Promise<Uint8Array>;

const inflated: Unpack = async (encoded, size) =>
  // Some writers fill the last strip up; deflate makes at most 1032 bytes out of one.
  1032 * encoded.length < size ? encoded.subarray(0, 0) : await inflate(encoded, { maxBytes: size + 65536, format: "deflate" });
const unpackers: Readonly<Record<number, Unpack>> = {
  1: (encoded) => encoded,
  5: readTiffLzw,
  8: inflated,
  32946: inflated,
  32773(encoded, size) {
    const bytes = new Uint8Array(size);
    unpackBits(encoded, { start: 0, end: encoded.length, bytes, first: 0, step: 1, size });
    return bytes;
  },
};

/**
 * The first image of a TIFF file: gray or color, 8 or 16 bits, strips or tiles, uncompressed, LZW, deflate or PackBits, either byte order. White-is-zero images are inverted; of colors the first sample is taken.
 *
 * Source: TIFF 6.0, and Adobe's TIFF technical note 2 for deflate (re-implementation). BigTIFF, JPEG inside TIFF, floating point and turned images are refused.
 * @throws DicomError `not-an-image`, `truncated`, `limit-exceeded`, `corrupt-pixels`, `invalid-structure`.
 */
export async function readTiff(bytes: Uint8Array, limits: Partial<Pick<Limits, "framePixels">> = {}): Promise<Raster> {
  const { littleEndian, numbers } = readTiffDirectory(bytes);
  const one = (tag: number, fallback: number): number => numbers(tag, 1)[0] ?? fallback;
  const expect = (holds: boolean, what: string): void => {
    if (!holds) throw new DicomError("not-an-image", `Expected a TIFF image with ${what}`);
  };
  const [columns, rows, samples] = [one(256, 0), one(257, 0), one(277, 1)];
  checkRasterSize({ rows, columns }, limits);
  const depth = one(258, 1);
  const photometric = one(262, 1);
  expect(samples >= 1 && samples <= 4, "1 to 4 samples a pixel");
  expect((depth === 8 || depth === 16) && numbers(258, samples).every((bits) => bits === depth), "8 or 16 bits a sample");
  expect(photometric <= 2, "gray or red, green and blue samples");
  expect(one(339, 1) === 1, "unsigned samples");
  expect(one(266, 1) === 1 && one(274, 1) === 1, "its first bit and its first row first");
  const predictor = one(317, 1);
  expect(predictor === 1 || predictor === 2, "no predictor, or the horizontal one");
  const unpack = unpackers[one(259, 1)];
  if (unpack === undefined) throw new DicomError("not-an-image", "Expected a TIFF image without compression, or with LZW, deflate or PackBits");

  const isTiled = numbers(322, 1).length > 0;
  const [height, width] = isTiled ? [one(323, 0), one(322, 0)] : [Math.min(one(278, rows), rows), columns];
  checkRasterSize({ rows: height, columns: width }, limits);
  const step = one(284, 1) === 2 ? 1 : samples; // Separate planes: the first one's blocks come first.
  const [across, down] = [Math.ceil(columns / width), Math.ceil(rows / height)];
  if (across * down > blocksLimit) throw new DicomError("limit-exceeded", `Expected at most ${blocksLimit} strips or tiles in a TIFF image`);
  const rowSamples = width * step;
  const sampleBytes = depth / 8;
  if (height * rowSamples * sampleBytes > blockBytesLimit)
    throw new DicomError("limit-exceeded", `Expected TIFF strips or tiles of at most ${blockBytesLimit} bytes`);
  if (across * down * height * rowSamples * sampleBytes > excess.times * rows * columns * step * sampleBytes + excess.bytes)
    throw new DicomError("limit-exceeded", `Expected TIFF strips or tiles of at most ${excess.times} times the image's size in all`);
  const offsets = numbers(isTiled ? 324 : 273, across * down);
  const lengths = numbers(isTiled ? 325 : 279, across * down);
  if (offsets.length < across * down || lengths.length < across * down)
    throw new DicomError("truncated", "Expected a place for each strip or tile of a TIFF image");

  // Strips of one place, again and again, would cost more than the file has bytes.
  if (lengths.reduce((sum, length) => sum + length, 0) > bytes.length)
    throw new DicomError("limit-exceeded", "Expected TIFF strips or tiles that do not lie over each other");

  const maxValue = depth === 16 ? 65535 : 255;
  const storedValues = depth === 16 ? new Uint16Array(rows * columns) : new Uint8Array(rows * columns);
  for (const [index, offset] of offsets.entries()) {
    const top = Math.floor(index / across) * height;
    const left = (index % across) * width;
    // The last strip is as long as the rows that are left; a tile is always whole.
    const blockRows = isTiled ? height : Math.min(height, rows - top);
    const size = blockRows * rowSamples * sampleBytes;
    const block = await unpack(bytes.subarray(offset, offset + lengths[index]!), size);
    if (block.length < size)
      throw new DicomError("truncated", "A TIFF strip or tile ends before its last pixel", { offset: Math.min(offset, bytes.length) });
    const [low, high] = littleEndian ? [0, 1] : [1, 0];
    for (let row = 0; row < Math.min(blockRows, rows - top); row++) {
      let value = 0;
      for (let column = 0; column < Math.min(width, columns - left); column++) {
        const at = (row * rowSamples + column * step) * sampleBytes;
        const read = depth === 16 ? block[at + low]! + 256 * block[at + high]! : block[at]!;
        value = predictor === 2 ? (value + read) & maxValue : read;
        storedValues[(top + row) * columns + left + column] = photometric === 0 ? maxValue - value : value;
      }
    }
  }
  return { storedValues, rows, columns, maxValue };
}
