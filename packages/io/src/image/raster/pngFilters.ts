import { DicomError } from "../../dicom/dicomError.ts";

/**
 * Undoes the filters of PNG's lines in place. Each line is its filter's number and then `rowBytes` bytes.
 *
 * Source: PNG specification, third edition, section 9 (re-implementation).
 * @throws DicomError `invalid-structure` for a filter that is not specified.
 */
export function unfilterPng(
  raw: Uint8Array,
  options: { readonly at: number; readonly rows: number; readonly rowBytes: number; readonly pixelBytes: number },
): void {
  const { rows, rowBytes, pixelBytes } = options;
  const stride = rowBytes + 1;
  for (let row = 0; row < rows; row++) {
    const start = options.at + row * stride + 1;
    const end = start + rowBytes;
    const isFirst = row === 0;
    const filter = raw[start - 1]!;
    if (filter > 4) throw new DicomError("invalid-structure", "Expected a PNG filter from 0 to 4");
    if (filter === 1) for (let at = start + pixelBytes; at < end; at++) raw[at] = raw[at]! + raw[at - pixelBytes]!;
    else if (filter === 2 && !isFirst) for (let at = start; at < end; at++) raw[at] = raw[at]! + raw[at - stride]!;
    else if (filter > 2)
      for (let at = start; at < end; at++) {
        const isLeftmost = at - start < pixelBytes;
        const left = isLeftmost ? 0 : raw[at - pixelBytes]!;
        const up = isFirst ? 0 : raw[at - stride]!;
        if (filter === 3) raw[at] = raw[at]! + ((left + up) >> 1);
        else raw[at] = raw[at]! + paeth(left, up, isFirst || isLeftmost ? 0 : raw[at - stride - pixelBytes]!);
      }
  }
}

/** Whichever of left, up and upper left is nearest to left + up - upper left. */
function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
