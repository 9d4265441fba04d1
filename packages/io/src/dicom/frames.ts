import { DicomError } from "../dicomError.ts";
import type { DataElement, DataSet } from "./dataSet.ts";
import { pixelDataTag } from "./dataSet.ts";
import type { ImagePixel } from "./imagePixel.ts";

/**
 * The bytes of one frame, still encoded; a view into the file wherever that is possible.
 *
 * @throws DicomError `no-pixels`, `pixels-mismatch` if the element cannot hold the frame.
 */
export function frameBytes(dataSet: DataSet, pixel: ImagePixel, frame = 0): Uint8Array {
  const element = dataSet.elements.get(pixelDataTag);
  if (element === undefined) throw new DicomError("no-pixels", "Expected Pixel Data (7FE0,0010)");
  if (!Number.isInteger(frame) || frame < 0 || frame >= pixel.frames)
    throw new RangeError(`Expected a frame from 0 to ${pixel.frames - 1}, got ${frame}`);
  return element.fragments ? encapsulatedFrame(dataSet, pixel, element, frame) : nativeFrame(dataSet, pixel, element, frame);
}

function nativeFrame(dataSet: DataSet, pixel: ImagePixel, element: DataElement, frame: number): Uint8Array {
  // 4:2:2 stores two luminances and one of each chrominance for two pixels (PS3.3 C.7.6.3.1.2).
  const samples = pixel.photometricInterpretation === "YBR_FULL_422" ? 2 : pixel.samplesPerPixel;
  const bits = pixel.rows * pixel.columns * samples * pixel.bitsAllocated;
  const [from, to] = [Math.floor((frame * bits) / 8), Math.ceil(((frame + 1) * bits) / 8)];
  if (to > element.length)
    throw new DicomError("pixels-mismatch", "Pixel Data is shorter than Rows x Columns x frames call for", { offset: element.offset });
  if (pixel.bitsAllocated === 8 && pixel.isWords && !dataSet.littleEndian) return unswap(dataSet.bytes, element, { from, to });
  const bytes = dataSet.bytes.subarray(element.offset + from, element.offset + to);
  const skipped = (frame * bits) % 8;
  return skipped === 0 ? bytes : shiftBits(bytes, skipped);
}

/** Bytes packed into big endian words stand in swapped pairs, the last one with the element's padding. */
function unswap(bytes: Uint8Array, element: DataElement, range: { readonly from: number; readonly to: number }): Uint8Array {
  return Uint8Array.from({ length: range.to - range.from }, (_, index) => bytes[element.offset + ((range.from + index) ^ 1)]!);
}

/** Frames of single bits may begin inside of a byte. */
function shiftBits(bytes: Uint8Array, skipped: number): Uint8Array {
  return bytes.map((byte, at) => (byte >> skipped) | ((bytes[at + 1] ?? 0) << (8 - skipped)));
}

function encapsulatedFrame(dataSet: DataSet, pixel: ImagePixel, element: DataElement, frame: number): Uint8Array {
  const [table, ...fragments] = element.fragments!;
  if (table === undefined || fragments.length === 0) throw new DicomError("no-pixels", "Expected fragments of pixels", { offset: element.offset });
  const bytesOf = (parts: readonly { readonly offset: number; readonly length: number }[]): Uint8Array => {
    if (parts.length === 1) return dataSet.bytes.subarray(parts[0]!.offset, parts[0]!.offset + parts[0]!.length);
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(dataSet.bytes.subarray(part.offset, part.offset + part.length), at);
      at += part.length;
    }
    return whole;
  };
  if (pixel.frames === 1) return bytesOf(fragments);
  if (fragments.length === pixel.frames) return bytesOf([fragments[frame]!]);

  const view = new DataView(dataSet.bytes.buffer, dataSet.bytes.byteOffset, dataSet.bytes.byteLength);
  const entry = (index: number): number => view.getUint32(table.offset + 4 * index, true);
  if (table.length >= 4 * pixel.frames) {
    const origin = fragments[0]!.offset - 8;
    const from = origin + entry(frame);
    const to = frame + 1 < pixel.frames ? origin + entry(frame + 1) : Number.POSITIVE_INFINITY;
    const parts = fragments.filter((fragment) => fragment.offset - 8 >= from && fragment.offset - 8 < to);
    if (parts.length > 0) return bytesOf(parts);
  }
  // No table: frames begin where a codestream does.
  const starts = fragments.flatMap(({ offset }, index) => (isCodestreamStart(dataSet.bytes, offset) ? [index] : []));
  if (starts.length === pixel.frames && starts[0] === 0) return bytesOf(fragments.slice(starts[frame], starts[frame + 1]));
  throw new DicomError("pixels-mismatch", "Expected one fragment a frame, or a Basic Offset Table that finds the frames", { offset: element.offset });
}

/** SOI of JPEG and JPEG-LS, or SOC of JPEG 2000. */
const isCodestreamStart = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0xff && (bytes[at + 1] === 0xd8 || bytes[at + 1] === 0x4f) && bytes[at + 2] === 0xff;
