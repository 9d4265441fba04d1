import { concat } from "../concat.ts";
import { DicomWebError } from "./dicomWebError.ts";

/** Bytes that come in pieces, cut at delimiters. */
export interface ByteScanner {
  /**
   * All bytes up to the next `delimiter`, which is dropped.
   *
   * @throws DicomWebError `limit-exceeded` where more than `most` bytes come before it, `invalid-response` where it never comes.
   */
  until(delimiter: Uint8Array, options: { readonly most: number; readonly what: string }): Promise<Uint8Array>;
  /** The next `count` bytes. @throws DicomWebError `invalid-response` where fewer are left. */
  take(count: number): Promise<Uint8Array>;
  /** Puts bytes back in front. */
  unread(bytes: Uint8Array): void;
}

/** What is held is what `until` will give, and one piece more. */
export function byteScanner(next: () => Promise<Uint8Array | undefined>): ByteScanner {
  let rest: Uint8Array = new Uint8Array(0);
  const more = async (what: string): Promise<Uint8Array> => {
    const piece = await next();
    if (piece === undefined) throw new DicomWebError("invalid-response", `Expected the end of ${what}, the answer ends`);
    return piece;
  };
  return {
    async until(delimiter, { most, what }) {
      const parts: Uint8Array[] = [];
      let size = 0;
      for (;;) {
        const at = find(rest, delimiter);
        // The delimiter may begin in this piece and end in the next.
        const sure = at >= 0 ? at : Math.max(rest.length - delimiter.length + 1, 0);
        size += sure;
        if (size > most) throw new DicomWebError("limit-exceeded", `Expected ${what} of at most ${most} bytes`);
        if (sure > 0) parts.push(rest.subarray(0, sure));
        if (at >= 0) {
          rest = rest.subarray(at + delimiter.length);
          return concat(parts);
        }
        const piece = await more(what);
        rest = concat([rest.subarray(sure), piece]);
      }
    },
    async take(count) {
      while (rest.length < count) {
        const piece = await more("a boundary's line");
        rest = concat([rest, piece]);
      }
      const taken = rest.subarray(0, count);
      rest = rest.subarray(count);
      return taken;
    },
    unread(bytes) {
      rest = concat([bytes, rest]);
    },
  };
}

function find(bytes: Uint8Array, sought: Uint8Array): number {
  for (let at = bytes.indexOf(sought[0]!); at >= 0 && at + sought.length <= bytes.length; at = bytes.indexOf(sought[0]!, at + 1)) {
    let same = 1;
    while (same < sought.length && bytes[at + same] === sought[same]) same++;
    if (same === sought.length) return at;
  }
  return -1;
}
