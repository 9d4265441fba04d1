import { TransferSyntax } from "../transferSyntax.ts";
import { DicomError } from "../dicomError.ts";
import { asAllocated, type Codec, pixelArray } from "./codec.ts";
import { decodeJpegLsScan, type Presets, presetsOf } from "./jpegLsScan.ts";
import { checkCodestream, readJpegFrame } from "./jpegFrame.ts";

/**
 * JPEG-LS, lossless and near-lossless (ITU-T T.87). Re-implementation from the standard: CharLS compiled to WebAssembly takes up to a minute over a few broken bytes.
 */
export const jpegLs: Codec = {
  name: "jpeg-ls",
  transferSyntaxes: [TransferSyntax.jpegLsLossless, TransferSyntax.jpegLsNearLossless],
  decode(encoded, pixel) {
    const frame = readJpegFrame(encoded);
    if (frame.process !== 0xf7) throw new DicomError("corrupt-pixels", "Expected a JPEG-LS frame header");
    checkCodestream(frame, pixel);
    const { rows, columns, components } = frame;
    const cells = pixelArray({ ...pixel, isSigned: false }, rows * columns * components);
    const ids = Array.from({ length: components }, (_, index) => encoded[frame.offset + 6 + 3 * index]!);
    let given: Partial<Presets> = {};
    let done = 0;
    let at = 2;
    while (at + 3 < encoded.length && done < components) {
      const marker = encoded[at + 1]!;
      if (encoded[at] !== 0xff || marker < 0xc0) {
        at++;
        continue;
      }
      if (marker === 0xd9) break;
      const length = encoded[at + 2]! * 256 + encoded[at + 3]!;
      const segment = encoded.subarray(at + 4, at + 2 + Math.max(length, 2));
      at += 2 + Math.max(length, 2);
      if (marker === 0xdd) throw new DicomError("corrupt-pixels", "Expected JPEG-LS without restart intervals");
      if (marker === 0xf8) given = readPresets(segment);
      if (marker !== 0xda) continue;
      const count = segment[0] ?? 0;
      const offsets = Array.from({ length: count }, (_, index) => ids.indexOf(segment[1 + 2 * index]!));
      const [near, interleave] = [segment[1 + 2 * count], segment[2 + 2 * count]];
      if (count < 1 || offsets.some((offset) => offset < 0) || near === undefined || interleave === undefined || interleave > 2)
        throw new DicomError("corrupt-pixels", "Expected a JPEG-LS scan header");
      if (interleave === 0 && count > 1) throw new DicomError("corrupt-pixels", "Expected one component in a scan that does not interleave");
      const presets = presetsOf({ precision: frame.precision, near, given });
      at = decodeJpegLsScan(encoded, at, { cells, rows, columns, components, offsets, bySample: interleave === 2, presets });
      done += count;
    }
    if (done < components) throw new DicomError("corrupt-pixels", "A JPEG-LS stream ends before its last scan");
    return asAllocated(cells, pixel);
  },
};

/** An LSE segment of type 1 (T.87 C.2.4.1.1); others hold palettes, which DICOM does not use. */
function readPresets(segment: Uint8Array): Partial<Presets> {
  if (segment[0] !== 1 || segment.length < 11) throw new DicomError("corrupt-pixels", "Expected JPEG-LS preset coding parameters");
  const [max, t1, t2, t3, reset] = [1, 3, 5, 7, 9].map((at) => segment[at]! * 256 + segment[at + 1]!);
  return { ...(max ? { max } : {}), ...(t1 ? { t1 } : {}), ...(t2 ? { t2 } : {}), ...(t3 ? { t3 } : {}), ...(reset ? { reset } : {}) };
}
