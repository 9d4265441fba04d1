import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { asAllocated, type Codec, type PixelArray, pixelArray } from "./codec.ts";
import { checkCodestream, readJpegFrame } from "./jpegFrame.ts";
import { type Presets, presetsOf } from "./jpegLsPresets.ts";
import { decodeJpegLsScan } from "./jpegLsScan.ts";
import { jpegSegments, startOfScan } from "./jpegSegments.ts";
import { type OnRead, unheard } from "./onRead.ts";

/**
 * JPEG-LS, lossless and near-lossless (ITU-T T.87). Re-implementation from the standard: CharLS compiled to WebAssembly takes up to a minute over a few broken bytes.
 */
export const jpegLs: Codec = {
  name: "jpeg-ls",
  transferSyntaxes: [TransferSyntax.jpegLsLossless, TransferSyntax.jpegLsNearLossless],
  decode: (encoded, pixel) => decodeJpegLs(encoded, pixel),
};

/**
 * What the codec does, saying which bytes it reads.
 *
 * @throws DicomError as the codec does.
 */
export function decodeJpegLs(encoded: Uint8Array, pixel: ImagePixel, onRead: OnRead = unheard): PixelArray {
  const frame = readJpegFrame(encoded);
  if (frame.process !== 0xf7) throw new DicomError("corrupt-pixels", "Expected a JPEG-LS frame header");
  checkCodestream(frame, pixel);
  const { rows, columns, components } = frame;
  const storedValues = pixelArray({ ...pixel, isSigned: false }, rows * columns * components);
  const ids = Array.from({ length: components }, (_, index) => encoded[frame.offset + 6 + 3 * index]!);
  let [given, givenAt]: [Partial<Presets>, number] = [{}, 0];
  let done = 0;
  onRead.part(frame.offset, frame.offset + 6 + 3 * components);
  for (const { marker, content, offset, end } of jpegSegments(encoded)) {
    if (marker === 0xdd) throw new DicomError("corrupt-pixels", "Expected JPEG-LS without restart intervals");
    if (marker === 0xf8) [given, givenAt] = [readPresets(content), offset];
    if (marker !== startOfScan) continue;
    const count = content[0] ?? 0;
    const offsets = Array.from({ length: count }, (_, index) => ids.indexOf(content[1 + 2 * index]!));
    const [near, interleave] = [content[1 + 2 * count], content[2 + 2 * count]];
    if (count < 1 || offsets.some((offset) => offset < 0) || near === undefined || interleave === undefined || interleave > 2)
      throw new DicomError("corrupt-pixels", "Expected a JPEG-LS scan header");
    if (interleave === 0 && count > 1) throw new DicomError("corrupt-pixels", "Expected one component in a scan that does not interleave");
    const presets = presetsOf({ precision: frame.precision, near, given });
    onRead.part(offset, offset + 4 + 2 * count);
    if (givenAt > 0) onRead.part(givenAt, givenAt + 11);
    decodeJpegLsScan(encoded, end, { onRead, storedValues, rows, columns, components, offsets, bySample: interleave === 2, presets });
    done += count;
    if (done >= components) break;
  }
  if (done < components) throw new DicomError("corrupt-pixels", "A JPEG-LS stream ends before its last scan");
  return asAllocated(storedValues, pixel);
}

/** An LSE segment of type 1 (T.87 C.2.4.1.1); others hold palettes, which DICOM does not use. */
function readPresets(segment: Uint8Array): Partial<Presets> {
  if (segment[0] !== 1 || segment.length < 11) throw new DicomError("corrupt-pixels", "Expected JPEG-LS preset coding parameters");
  const [max, t1, t2, t3, reset] = [1, 3, 5, 7, 9].map((at) => segment[at]! * 256 + segment[at + 1]!);
  return { ...(max ? { max } : {}), ...(t1 ? { t1 } : {}), ...(t2 ? { t2 } : {}), ...(t3 ? { t3 } : {}), ...(reset ? { reset } : {}) };
}
