import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { Range } from "./cleanFrame.ts";

/** The bytes of an RLE frame (PS3.5 annex G) that its pixels are unpacked from; undefined where a segment does not hold them all.. */
export function rleRanges(encoded: Uint8Array, pixel: ImagePixel): readonly Range[] | undefined {
  const segments = Math.max(pixel.bitsAllocated >> 3, 1) * pixel.samplesPerPixel;
  if (encoded.length < 64) return undefined;
  const header = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (header.getUint32(0, true) !== segments || segments > 15) return undefined;
  const ranges: Range[] = [[0, 4 + 4 * segments]];
  for (let segment = 0; segment < segments; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const limit = segment + 1 < segments ? header.getUint32(8 + 4 * segment, true) : encoded.length;
    const used = packedRanges(encoded, { start, limit: Math.min(limit, encoded.length), pixels: pixel.rows * pixel.columns });
    if (used === undefined || start < 64) return undefined;
    for (const range of used) ranges.push(range);
  }
  return ranges;
}

/** What unpacks to so many bytes: without what a last run holds beyond them. */
function packedRanges(
  encoded: Uint8Array,
  { start, limit, pixels }: { readonly start: number; readonly limit: number; readonly pixels: number },
): readonly Range[] | undefined {
  let [at, left] = [start, pixels];
  while (left > 0) {
    if (at + 1 >= limit) return undefined;
    const control = encoded[at++]!;
    if (control === 128) continue;
    const isLiteral = control < 128;
    const run = isLiteral ? control + 1 : 257 - control;
    at += isLiteral ? Math.min(run, left) : 1;
    left -= run;
  }
  return at <= limit ? [[start, at]] : undefined;
}
