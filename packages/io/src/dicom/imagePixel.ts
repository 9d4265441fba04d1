import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import { type DataSet, pixelDataTag } from "./dataSet.ts";
import { decimals, shorts, text } from "./values.ts";

/** The Image Pixel module (PS3.3 C.7.6.3), each field checked once. */
export interface ImagePixel {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometricInterpretation: string;
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
  const short = (tag: number, name: string, fallback?: number): number => {
    const value = shorts(dataSet, tag)[0] ?? fallback;
    if (value === undefined) throw new DicomError("missing-attribute", `Expected ${name}`);
    return value;
  };
  const rows = short(0x00280010, "Rows (0028,0010)");
  const columns = short(0x00280011, "Columns (0028,0011)");
  const frames = dataSet.elements.has(0x00280008) ? (decimals(dataSet, 0x00280008)[0] ?? 1) : 1;
  const bitsAllocated = short(0x00280100, "Bits Allocated (0028,0100)");
  const bitsStored = short(0x00280101, "Bits Stored (0028,0101)", bitsAllocated);
  const samplesPerPixel = short(0x00280002, "Samples per Pixel (0028,0002)", 1);
  const invalid = (name: string, expected: string): never => {
    throw new DicomError("invalid-attribute", `Expected ${name} to be ${expected}`);
  };
  if (rows === 0 || columns === 0) invalid("Rows (0028,0010) and Columns (0028,0011)", "positive");
  if (!Number.isInteger(frames) || frames < 0) invalid("Number of Frames (0028,0008)", "a positive integer");
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 12 && bitsAllocated !== 16 && bitsAllocated !== 32)
    return invalid("Bits Allocated (0028,0100)", "1, 8, 12, 16 or 32");
  if (bitsStored < 1 || bitsStored > bitsAllocated) invalid("Bits Stored (0028,0101)", "from 1 to Bits Allocated");
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) return invalid("Samples per Pixel (0028,0002)", "1 or 3");
  if (rows * columns > limits.framePixels) throw new DicomError("limit-exceeded", `Expected frames of at most ${limits.framePixels} pixels`);
  if (frames > limits.frames) throw new DicomError("limit-exceeded", `Expected at most ${limits.frames} frames`);
  const highBit = shorts(dataSet, 0x00280102)[0] ?? bitsStored - 1;
  return {
    rows,
    columns,
    frames: Math.max(frames, 1),
    samplesPerPixel,
    photometricInterpretation: (text(dataSet, 0x00280004) ?? "MONOCHROME2").toUpperCase(),
    planarConfiguration: shorts(dataSet, 0x00280006)[0] === 1 ? 1 : 0,
    bitsAllocated,
    bitsStored,
    highBit: highBit < bitsAllocated && highBit >= bitsStored - 1 ? highBit : bitsStored - 1,
    isSigned: shorts(dataSet, 0x00280103)[0] === 1,
    isWords: dataSet.elements.get(pixelDataTag)?.vr === "OW",
  };
}
