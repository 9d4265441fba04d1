/** A marker segment of a JPEG stream, from its marker on. */
export interface JpegMarker {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
  /** Behind a scan's data; the segment's end for all others. */
  readonly next: number;
}

const [startOfImage, endOfImage, startOfScan] = [0xd8, 0xd9, 0xda];
/** More than any encoder writes: a progressive picture of three components has some dozens. */
const most = 65_536;

/**
 * Where the segments of a JPEG or JPEG-LS stream stand, up to its end of image, behind which `end` is.
 *
 * Markers without a segment, fill bytes and what else belongs to no segment are passed over. Undefined without an end of image, or where a segment goes beyond it.
 */
export function jpegMarkers(encoded: Uint8Array): { readonly segments: readonly JpegMarker[]; readonly end: number } | undefined {
  const segments: JpegMarker[] = [];
  for (let at = 2; at + 1 < encoded.length; ) {
    const marker = encoded[at + 1]!;
    if (encoded[at] !== 0xff || marker < 0xc0 || marker === 0xff) at++;
    else if (marker === endOfImage) return { segments, end: at + 2 };
    else if (marker >= 0xd0 && marker <= startOfImage) at += 2;
    else {
      const end = at + 2 + Math.max(256 * (encoded[at + 2] ?? 0) + (encoded[at + 3] ?? 0), 2);
      if (end > encoded.length || segments.length === most) return undefined;
      const next = marker === startOfScan ? endOfScan(encoded, end) : end;
      segments.push({ marker, start: at, end, next });
      at = next;
    }
  }
  return undefined;
}

function endOfScan(encoded: Uint8Array, start: number): number {
  for (let at = encoded.indexOf(0xff, start); at >= 0; at = encoded.indexOf(0xff, at + 1)) {
    const next = encoded[at + 1] ?? 0;
    if (next >= 0xc0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return encoded.length;
}
