/** A marker segment of a JPEG 2000 codestream, from its marker on. */
export interface Jpeg2000Marker {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** A tile-part: its header's place, and that of its data. */
export interface TilePart {
  readonly tile: number;
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
}

/** Where what stands in a codestream. */
export interface Jpeg2000Markers {
  readonly main: readonly Jpeg2000Marker[];
  /** Of the tile-parts' headers, behind their SOT. */
  readonly inTiles: readonly Jpeg2000Marker[];
  readonly tileParts: readonly TilePart[];
  /** Behind the end of the codestream. */
  readonly end: number;
}

const [startOfTilePart, startOfData, endOfCodestream] = [0x90, 0x93, 0xd9];
/** Far more than tile-parts of the largest frame have. */
const most = 65_536;

/** The markers of a JPEG 2000 or HTJ2K codestream (ITU-T T.800 annex A); undefined for one that does not hold together. */
export function jpeg2000Markers(encoded: Uint8Array): Jpeg2000Markers | undefined {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const [main, inTiles, tileParts]: [Jpeg2000Marker[], Jpeg2000Marker[], TilePart[]] = [[], [], []];
  let [at, tile, start, tileEnd] = [2, 0, 0, 0];
  while (at + 1 < encoded.length && main.length + inTiles.length + tileParts.length < most) {
    const marker = encoded[at + 1]!;
    if (encoded[at] !== 0xff) return undefined;
    if (marker === endOfCodestream) return { main, inTiles, tileParts, end: at + 2 };
    if (marker === startOfData) {
      const end = tileEnd > at ? tileEnd : lastEnd(encoded, at);
      if (end === undefined || end > encoded.length || start === 0) return undefined;
      tileParts.push({ tile, start, dataStart: at + 2, end });
      at = end;
      continue;
    }
    const end = at + 4 > encoded.length ? Number.POSITIVE_INFINITY : at + 2 + view.getUint16(at + 2);
    if (end > encoded.length || end < at + 4) return undefined;
    if (marker === startOfTilePart) {
      if (end !== at + 12) return undefined;
      const length = view.getUint32(at + 6);
      [tile, start, tileEnd] = [view.getUint16(at + 4), at, length === 0 ? 0 : at + length];
    } else (start === 0 ? main : inTiles).push({ marker, start: at, end });
    at = end;
  }
  return undefined;
}

/** Where a last tile-part of unstated length ends: before the last end marker. */
function lastEnd(encoded: Uint8Array, from: number): number | undefined {
  for (let at = encoded.length - 2; at > from; at--) if (encoded[at] === 0xff && encoded[at + 1] === endOfCodestream) return at;
  return undefined;
}
