import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import { tags } from "../tags.ts";
import type { DataSet } from "./dataSet.ts";
import { offsetOf } from "./offsetOf.ts";
import { decimal, decimals, shorts, text } from "./values.ts";

const photometrics = [
  "MONOCHROME1",
  "MONOCHROME2",
  "PALETTE COLOR",
  "RGB",
  "YBR_FULL",
  "YBR_FULL_422",
  "YBR_PARTIAL_420",
  "YBR_ICT",
  "YBR_RCT",
] as const;

/** The Image Pixel module (PS3.3 C.7.6.3), each field checked once. */
export interface ImagePixel {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometricInterpretation: (typeof photometrics)[number] | "other";
  readonly planarConfiguration: 0 | 1;
  readonly bitsAllocated: 1 | 8 | 12 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  /** Pixel Data is written as OW, 16-bit words. */
  readonly isWords?: boolean;
}

/** @throws DicomError `missing-attribute`, `invalid-attribute`, `limit-exceeded`. */
export function readImagePixel(dataSet: DataSet, limits: Limits): ImagePixel {
  const at = (tag: number) => ({ offset: offsetOf(dataSet, tag) });
  const short = (tag: number, name: string, fallback?: number): number => {
    const value = shorts(dataSet, tag)[0] ?? fallback;
    if (value === undefined) throw new DicomError("missing-attribute", `Expected ${name}`, at(tag));
    return value;
  };
  const invalid = (tag: number, expected: string): never => {
    throw new DicomError("invalid-attribute", `Expected ${expected}`, at(tag));
  };
  const rows = short(tags.Rows, "Rows (0028,0010)");
  const columns = short(tags.Columns, "Columns (0028,0011)");
  const bitsAllocated = short(tags.BitsAllocated, "Bits Allocated (0028,0100)");
  const bitsStored = short(tags.BitsStored, "Bits Stored (0028,0101)", bitsAllocated);
  const samplesPerPixel = short(tags.SamplesPerPixel, "Samples per Pixel (0028,0002)", 1);
  const representation = short(tags.PixelRepresentation, "Pixel Representation (0028,0103)", 0);
  const isPositive = (value: number): boolean => Number.isInteger(value) && value > 0;
  if (!isPositive(rows)) invalid(tags.Rows, "Rows (0028,0010) to be a positive integer");
  if (!isPositive(columns)) invalid(tags.Columns, "Columns (0028,0011) to be a positive integer");
  const frames = readFrames(dataSet, (rows * columns * samplesPerPixel * bitsAllocated) / 8);
  if (!Number.isInteger(frames) || frames < 0) invalid(tags.NumberOfFrames, "Number of Frames (0028,0008) to be a positive integer");
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 12 && bitsAllocated !== 16 && bitsAllocated !== 32)
    return invalid(tags.BitsAllocated, "Bits Allocated (0028,0100) to be 1, 8, 12, 16 or 32");
  if (!isPositive(bitsStored) || bitsStored > bitsAllocated) invalid(tags.BitsStored, "Bits Stored (0028,0101) to be from 1 to Bits Allocated");
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) return invalid(tags.SamplesPerPixel, "Samples per Pixel (0028,0002) to be 1 or 3");
  if (representation !== 0 && representation !== 1) invalid(tags.PixelRepresentation, "Pixel Representation (0028,0103) to be 0 or 1");
  if (rows * columns > limits.framePixels)
    throw new DicomError("limit-exceeded", `Expected frames of at most ${limits.framePixels} pixels`, at(tags.Rows));
  if (frames > limits.frames) throw new DicomError("limit-exceeded", `Expected at most ${limits.frames} frames`, at(tags.NumberOfFrames));
  const photometric = (text(dataSet, tags.PhotometricInterpretation) ?? "MONOCHROME2").toUpperCase();
  const highBit = shorts(dataSet, tags.HighBit)[0] ?? bitsStored - 1;
  return {
    rows,
    columns,
    frames: Math.max(frames, 1),
    samplesPerPixel,
    photometricInterpretation: photometrics.find((one) => one === photometric) ?? "other",
    planarConfiguration: shorts(dataSet, tags.PlanarConfiguration)[0] === 1 ? 1 : 0,
    bitsAllocated,
    bitsStored,
    highBit: highBit < bitsAllocated && highBit >= bitsStored - 1 ? highBit : bitsStored - 1,
    isSigned: representation === 1,
    isWords: dataSet.elements.get(tags.PixelData)?.vr === "OW",
  };
}

/** Number of Frames; where it is no number, as many as the pixels are, if those are whole frames (and a byte of padding). */
function readFrames(dataSet: DataSet, frameBytes: number): number {
  const [frames] = decimals(dataSet, tags.NumberOfFrames);
  const pixels = dataSet.elements.get(tags.PixelData);
  const isRaw = pixels !== undefined && pixels.fragments === undefined && frameBytes > 1 && pixels.length >= frameBytes;
  if (frames !== undefined && Number.isNaN(frames) && isRaw && pixels.length % frameBytes <= 1) return Math.floor(pixels.length / frameBytes);
  return decimal(dataSet, tags.NumberOfFrames, "Number of Frames (0028,0008)") ?? 1;
}
