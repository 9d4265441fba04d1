/** A marker segment of a JPEG or JPEG-LS stream (ITU-T T.81 B.1.1.4). */
export interface JpegSegment {
  /** The marker's second byte: 0xda begins a scan. */
  readonly marker: number;
  /** Behind the length; cut where the stream ends. */
  readonly content: Uint8Array;
  /** The byte of the stream at which the content begins. */
  readonly offset: number;
  /** The byte behind the content: behind a scan's header its entropy-coded data begin. */
  readonly end: number;
  /** Bytes in front of the segment that belong to none, a scan's data apart. */
  readonly skipped: number;
}

/** Start of scan (SOS). */
export const startOfScan = 0xda;
const endOfImage = 0xd9;

/**
 * The marker segments of a stream, up to its end of image. A scan's data are passed over only when the segment behind them is asked for.
 *
 * A marker is 0xff and a byte from 0xc0 on: lower ones are stuffed zeros or, in JPEG-LS, data. Source: T.81 annex B (re-implementation).
 */
export function* jpegSegments(encoded: Uint8Array): Generator<JpegSegment, void> {
  let skipped = 0;
  for (let at = 2; at + 3 < encoded.length; ) {
    const marker = encoded[at + 1]!;
    if (encoded[at] !== 0xff || marker < 0xc0 || marker === 0xff) {
      if (encoded[at] !== 0xff || marker !== 0xff) skipped++; // 0xff in front of a marker is a fill byte.
      at++;
      continue;
    }
    if (marker === endOfImage) return;
    if (marker >= 0xd0 && marker <= 0xd8) {
      at += 2; // RST and SOI stand alone.
      continue;
    }
    const length = Math.max(encoded[at + 2]! * 256 + encoded[at + 3]!, 2);
    const end = at + 2 + length;
    yield { marker, content: encoded.subarray(at + 4, end), offset: at + 4, end, skipped };
    skipped = 0;
    at = marker === startOfScan ? endOfScan(encoded, end) : end;
  }
}

/** The next marker that no data hold. */
function endOfScan(encoded: Uint8Array, start: number): number {
  let at = encoded.indexOf(0xff, start);
  while (at >= 0 && !(encoded[at + 1]! >= 0xc0 && encoded[at + 1] !== 0xff && (encoded[at + 1]! < 0xd0 || encoded[at + 1]! > 0xd7)))
    at = encoded.indexOf(0xff, at + 1);
  return at < 0 ? encoded.length : at;
}
