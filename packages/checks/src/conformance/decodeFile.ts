import {
  codecs,
  decodeFrame,
  type ImagePixel,
  limitsDefaults,
  type MammogramReader,
  type PixelArray,
  parseDicom,
  readImagePixel,
  TransferSyntax,
} from "@mammo/io";
import type { Row } from "./readTable.ts";

/** All frames of a file, and what stands behind the last of them in native Pixel Data: references keep such padding. */
export interface Decoded {
  readonly pixel: ImagePixel;
  readonly frames: readonly PixelArray[];
  readonly padding: Uint8Array;
}

/** Decodes in this thread. Throws DicomError. */
export async function decodeFile(row: Row, bytes: Uint8Array): Promise<Decoded> {
  if (/\.(j2c|jph|jhc)$/.test(row.path)) return decodeCodestream(row, bytes);
  const file = await parseDicom(bytes);
  const pixel = readImagePixel(file.dataSet, limitsDefaults);
  const frames: PixelArray[] = [];
  for (let frame = 0; frame < pixel.frames; frame++) frames.push(await decodeFrame(file, pixel, { frame }));
  const element = file.dataSet.elements.get(0x7fe00010)!;
  const length = frames.reduce((sum, values) => sum + values.byteLength, 0);
  const padding = element.fragments
    ? new Uint8Array(0)
    : await file.source.read(Math.min(element.offset + length, element.offset + element.length), element.offset + element.length);
  return { pixel, frames, padding };
}

/** Decodes in a reader's thread, frame by frame. Throws DicomError. */
export async function decodeInThread(reader: MammogramReader, bytes: Uint8Array): Promise<readonly PixelArray[]> {
  const { pixel, storedValues } = await reader.decode(bytes);
  const frames = [storedValues];
  for (let frame = 1; frame < pixel.frames; frame++) frames.push((await reader.decode(bytes, { frame })).storedValues);
  return frames;
}

/** A bare HTJ2K codestream: what a data set would say of it is in the table. */
async function decodeCodestream(row: Row, bytes: Uint8Array): Promise<Decoded> {
  const pixel: ImagePixel = {
    rows: row.rows,
    columns: row.columns,
    frames: 1,
    samplesPerPixel: row.samples === 3 ? 3 : 1,
    photometricInterpretation: "MONOCHROME2",
    planarConfiguration: 0,
    bitsAllocated: row.bitsAllocated === 16 ? 16 : 8,
    bitsStored: row.bitsAllocated,
    highBit: row.bitsAllocated - 1,
    isSigned: row.isSigned,
  };
  const codec = codecs.find(({ transferSyntaxes }) => transferSyntaxes.includes(TransferSyntax.htj2kLossless))!;
  return { pixel, frames: [await codec.decode(bytes, pixel, TransferSyntax.htj2kLossless)], padding: new Uint8Array(0) };
}
