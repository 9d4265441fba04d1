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
  // What came last, and where in it the reading stands: going on and back copies nothing.
  let held: Uint8Array = new Uint8Array(0);
  let position = 0;
  const more = async (what: string, from: number): Promise<void> => {
    const piece = await next();
    if (piece === undefined) throw new DicomWebError("invalid-response", `Expected the end of ${what}, the answer ends`);
    held = from < held.length ? concat([held.subarray(from), piece]) : piece;
    position = 0;
  };
  return {
    async until(delimiter, { most, what }) {
      const parts: Uint8Array[] = [];
      let size = 0;
      for (;;) {
        const at = find(held, delimiter, position);
        // The delimiter may begin in this piece and end in the next.
        const sure = at >= 0 ? at : Math.max(held.length - delimiter.length + 1, position);
        size += sure - position;
        if (size > most) throw new DicomWebError("limit-exceeded", `Expected ${what} of at most ${most} bytes`);
        if (sure > position) parts.push(held.subarray(position, sure));
        if (at >= 0) {
          position = at + delimiter.length;
          return concat(parts);
        }
        await more(what, sure);
      }
    },
    async take(count) {
      while (held.length - position < count) await more("a boundary's line", position);
      position += count;
      return held.subarray(position - count, position);
    },
    unread(bytes) {
      const back = position - bytes.length;
      if (back >= 0 && bytes.every((byte, at) => held[back + at] === byte)) position = back;
      else [held, position] = [concat([bytes, held.subarray(position)]), 0];
    },
  };
}

function find(bytes: Uint8Array, sought: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(sought[0]!, from); at >= 0 && at + sought.length <= bytes.length; at = bytes.indexOf(sought[0]!, at + 1)) {
    let same = 1;
    while (same < sought.length && bytes[at + same] === sought[same]) same++;
    if (same === sought.length) return at;
  }
  return -1;
}
