import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { Range } from "./cleanFrame.ts";

const [startOfTilePart, startOfData, endOfCodestream, size, comment] = [0x90, 0x93, 0xd9, 0x51, 0x64];
/** CAP, SIZ, COD, COC, TLM, PLM, PLT, PRF, CPF, QCD, QCC, RGN, POC, PPM, PPT, CRG. */
const needed = new Set([0x50, size, 0x52, 0x53, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5c, 0x5d, 0x5e, 0x5f, 0x60, 0x61, 0x63]);
const latin = new TextDecoder("latin1");
/** What encoders write of themselves. */
const encoders = /^(Created by OpenJPEG version [\d.]{1,12}|Kakadu-v?[\d.]{1,12}|Creator: JasPer Version [\d.]{1,12})$/;

/**
 * The bytes of a JPEG 2000 or HTJ2K codestream that a decoder reads: markers that it needs and the tile-parts' data at their stated lengths.
 *
 * Comments other than an encoder's name, markers that are not known and what stands behind the end are none. Source: ITU-T T.800 annex A (re-implementation).
 * Undefined for a codestream that does not hold together.
 */
export function jpeg2000Ranges(encoded: Uint8Array, pixel: ImagePixel): { readonly ranges: readonly Range[]; readonly isWider: boolean } | undefined {
  const ranges: Range[] = [[0, 2]];
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  let [at, tileStart, tileEnd, isWider] = [2, 0, 0, false];
  while (at + 1 < encoded.length) {
    if (encoded[at] !== 0xff) return undefined;
    const marker = encoded[at + 1]!;
    if (marker === endOfCodestream) return { ranges: [...ranges, [at, at + 2]], isWider };
    if (marker === startOfData) {
      const end = tileEnd > at ? tileEnd : lastEnd(encoded, at);
      if (end === undefined || end > encoded.length || tileStart === 0) return undefined;
      ranges.push([at, end]);
      at = end;
      continue;
    }
    if (at + 4 > encoded.length) return undefined;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > encoded.length || end < at + 4) return undefined;
    if (marker === size) isWider = (encoded[at + 40] ?? 0) % 128 >= pixel.bitsStored;
    if (marker === startOfTilePart) {
      if (end !== at + 12) return undefined;
      const length = view.getUint32(at + 6);
      [tileStart, tileEnd] = [at, length === 0 ? 0 : at + length];
    }
    ranges.push([at, isNeeded(encoded, marker, at, end) ? end : at + 4]);
    at = end;
  }
  return undefined;
}

const isNeeded = (encoded: Uint8Array, marker: number, at: number, end: number): boolean =>
  marker === startOfTilePart || needed.has(marker) || (marker === comment && encoders.test(latin.decode(encoded.subarray(at + 6, end))));

/** Where a last tile-part of unstated length ends: before the last end marker. */
function lastEnd(encoded: Uint8Array, from: number): number | undefined {
  for (let at = encoded.length - 2; at > from; at--) if (encoded[at] === 0xff && encoded[at + 1] === endOfCodestream) return at;
  return undefined;
}
