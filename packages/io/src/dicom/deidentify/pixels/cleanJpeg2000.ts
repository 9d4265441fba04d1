import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { CleanFrame } from "./cleanFrame.ts";
import { endOfPackets } from "./endOfPackets.ts";
import { type Jpeg2000Coding, jpeg2000Codes, neededLength, readJpeg2000Coding } from "./jpeg2000Coding.ts";
import { type Jpeg2000Marker, type Jpeg2000Markers, jpeg2000Markers, type TilePart } from "./jpeg2000Markers.ts";
import { jpeg2000Precincts } from "./jpeg2000Precincts.ts";

const { size, quantization, componentQuantization, tileLengths, comment } = jpeg2000Codes;
/** Of a frame: those of 32 x 32 of the largest one are fewer. */
const mostBlocks = 65_536;
/** Of a frame: an empty one takes a byte. */
const mostPackets = 1_000_000;
const latin = new TextDecoder("latin1");
/** What encoders write of themselves. */
const encoders = /^(Created by OpenJPEG version [\d.]{1,12}|Kakadu-v?[\d.]{1,12}|Creator: JasPer Version [\d.]{1,12})$/;

/**
 * A JPEG 2000 or HTJ2K codestream of those bytes alone that its picture is made from: headers at the length that their fields call for, and the packets of the tiles (ITU-T T.800).
 *
 * Comments other than an encoder's name, profiles, pointers into the data and markers that are not known become empty comments, so that all stays where it was.
 * Where the packets cannot be followed the data stay whole, and it is not verified. Undefined for a codestream that does not hold together.
 */
export function cleanJpeg2000(encoded: Uint8Array, pixel: ImagePixel): CleanFrame | undefined {
  const markers = jpeg2000Markers(encoded);
  if (markers === undefined) return undefined;
  const coding = readJpeg2000Coding(encoded, markers);
  const cleaned = new Uint8Array(encoded.length);
  const copy = (from: number, to: number): void => cleaned.set(encoded.subarray(from, to), from);
  copy(0, 2);
  const hasTrueLengths = isTrue(encoded, markers);
  const levels = coding?.components.reduce((most, one) => Math.max(most, one.levels), 0) ?? 32;
  for (const one of [...markers.main, ...markers.inTiles]) {
    const { marker, start, end } = one;
    const isKept = (marker === tileLengths && hasTrueLengths) || (marker === comment && isEncoder(encoded, one));
    const needed = isKept ? Number.POSITIVE_INFINITY : neededLength(encoded, marker, start, levels);
    copy(start, Math.min(start + 4 + (needed ?? 0), end));
    if (needed === undefined) cleaned[start + 1] = comment;
  }
  const isFollowed = coding !== undefined && fits(coding, pixel) && hasPlainSteps(encoded, markers);
  let isVerified = isFollowed;
  for (const { start, dataStart } of markers.tileParts) for (const at of [start, dataStart - 2]) copy(at, at === start ? at + 12 : dataStart);
  let [blocks, packets] = [mostBlocks, mostPackets];
  const tiles = new Map<number, TilePart[]>();
  for (const part of markers.tileParts) tiles.get(part.tile)?.push(part) ?? tiles.set(part.tile, [part]);
  for (const [tile, parts] of tiles) {
    const data = parts.length === 1 ? encoded.subarray(parts[0]!.dataStart, parts[0]!.end) : joined(encoded, parts);
    const made = isFollowed && blocks > 0 ? jpeg2000Precincts(coding, tile, blocks) : undefined;
    blocks -= made?.blocks ?? 0;
    packets -= (made?.precincts.length ?? 0) * (coding?.layers ?? 0);
    const end = made && packets >= 0 ? endOfPackets(data, coding!, made.precincts) : undefined;
    isVerified &&= end !== undefined;
    let left = end ?? data.length;
    for (const part of parts) {
      copy(part.dataStart, Math.min(part.dataStart + left, part.end));
      left = Math.max(left - (part.end - part.dataStart), 0);
    }
  }
  copy(markers.end - 2, markers.end);
  const sizeAt = markers.main.find(({ marker }) => marker === size)?.start ?? 0;
  return { cleaned, isVerified, isWider: (encoded[sizeAt + 40] ?? 0) % 128 >= pixel.bitsStored };
}

/** The sizes that were checked against what may be decoded. */
const fits = ({ grid: [x1, y1, x0, y0], components }: Jpeg2000Coding, pixel: ImagePixel): boolean =>
  x1! - x0! === pixel.columns && y1! - y0! === pixel.rows && components.length === pixel.samplesPerPixel;

const isEncoder = (encoded: Uint8Array, { start, end }: Jpeg2000Marker): boolean =>
  encoded[start + 4] === 0 && encoded[start + 5]! <= 1 && encoders.test(latin.decode(encoded.subarray(start + 6, end)));

/** Exponents of a reversible transform stand in five bits above three zeros (table A.29). */
const hasPlainSteps = (encoded: Uint8Array, { main, inTiles }: Jpeg2000Markers): boolean =>
  [...main, ...inTiles].every(({ marker, start, end }) => {
    const at = marker === quantization ? start + 4 : marker === componentQuantization ? start + 5 : end;
    return at >= end || encoded[at]! % 32 !== 0 || encoded.subarray(at + 1, end).every((step) => step % 8 === 0);
  });

/** Whether the lengths of tile-parts that the main header lists (A.7.1) are theirs, one after the other, and nothing else. */
function isTrue(encoded: Uint8Array, { main, tileParts }: Jpeg2000Markers): boolean {
  const numberAt = (at: number, bytes: number): number => encoded.subarray(at, at + bytes).reduce((sum, byte) => 256 * sum + byte, 0);
  let next = 0;
  for (const [index, { start, end }] of main.filter(({ marker }) => marker === tileLengths).entries()) {
    const kind = encoded[start + 5]!;
    const [forTile, forLength] = [(kind >> 4) & 3, kind & 0x40 ? 4 : 2];
    if (encoded[start + 4] !== index || (kind & 0x8f) !== 0 || forTile === 3 || (end - start - 6) % (forTile + forLength) !== 0) return false;
    for (let at = start + 6; at < end; at += forTile + forLength) {
      const part = tileParts[next++];
      if (part === undefined || numberAt(at + forTile, forLength) !== part.end - part.start) return false;
      if (forTile > 0 && numberAt(at, forTile) !== part.tile) return false;
    }
  }
  return next === tileParts.length;
}

function joined(encoded: Uint8Array, parts: readonly { readonly dataStart: number; readonly end: number }[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { dataStart, end }) => sum + end - dataStart, 0));
  let at = 0;
  for (const { dataStart, end } of parts) {
    whole.set(encoded.subarray(dataStart, end), at);
    at += end - dataStart;
  }
  return whole;
}
