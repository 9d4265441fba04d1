import { DicomError } from "../../dicom/dicomError.ts";

const clear = 256;
const end = 257;
const widest = 4096;

/**
 * TIFF's LZW -> exactly `size` bytes; codes of 9 to 12 bits, most significant bit first.
 *
 * Source: TIFF 6.0, section 13 (re-implementation): the width grows one code early.
 * @throws DicomError `corrupt-pixels` for a code that is not in the table yet, `truncated` where the codes end too soon.
 */
export function readTiffLzw(encoded: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  // What each code stands for: a stretch of what is written already.
  const starts = new Int32Array(widest);
  const lengths = new Int32Array(widest);
  let next = 258;
  let width = 9;
  let [buffer, bits, from, to] = [0, 0, 0, 0];
  let before = -1; // Where the previous code's bytes begin in `out`; -1 after a clear.
  while (to < size) {
    while (bits < width && from < encoded.length) {
      buffer = ((buffer << 8) | encoded[from++]!) & 0xfffff;
      bits += 8;
    }
    if (bits < width) throw new DicomError("truncated", "Compressed TIFF bytes end before the last pixel");
    const code = (buffer >> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === end) throw new DicomError("truncated", "Compressed TIFF bytes end before the last pixel");
    if (code === clear) {
      [next, width, before] = [258, 9, -1];
      continue;
    }
    const at = to;
    if (code < 256) out[to++] = code;
    else {
      if (before < 0 || code > next) throw new DicomError("corrupt-pixels", "Expected a TIFF code that is in its table");
      // The next code is the previous bytes and the first of its own, which are those that are being written.
      const start = code === next ? before : starts[code]!;
      const length = code === next ? at - before + 1 : lengths[code]!;
      const stop = Math.min(at + length, size);
      for (let source = start; to < stop; ) out[to++] = out[source++]!;
    }
    if (before >= 0 && next < widest) {
      starts[next] = before;
      lengths[next] = at - before + 1;
      next++;
    }
    before = at;
    if (next >= (1 << width) - 1 && width < 12) width++;
  }
  return out;
}
