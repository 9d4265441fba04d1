import { FilesError } from "./filesError.ts";

/** A value as the text of a JSON file: two spaces, one line end behind. Marks that steer a terminal or turn the direction of writing are escaped: it may be printed. */
export const json = (value: unknown): string => `${jsonLine(value, 2)}\n`;

/** The same on one line, without its end. */
export const jsonLine = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** What a text may cost. */
export interface JsonLimits {
  /** Objects, lists and values. Default a million. */
  readonly maxValues?: number;
  /** Objects and lists inside each other. Default 100. */
  readonly maxDepth?: number;
}

/**
 * The value of a JSON text in UTF-8, counted before it is parsed: a megabyte of `{},` takes some fifty of memory.
 *
 * @throws FilesError `too-large`, or `unreadable` for what is no JSON; what it holds is not repeated.
 * @example const file = parseJson(await readRegularFile("bundle.json", { maxBytes: 2 ** 24 }));
 */
export function parseJson(bytes: Uint8Array, { maxValues = 2 ** 20, maxDepth = 100 }: JsonLimits = {}): unknown {
  let [values, depth, isText] = [0, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x22) isText = !isText;
    else if (byte === 0x5c) at++;
    else if (isText) continue;
    else if (byte === 0x2c) values++;
    else if (byte === 0x7b || byte === 0x5b) {
      values++;
      if (++depth > maxDepth) throw new FilesError("too-large", `Expected JSON of at most ${maxDepth} levels`);
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  if (values > maxValues) throw new FilesError("too-large", `Expected JSON of at most ${maxValues} values`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without its cause: V8 quotes the text in it.
    throw new FilesError("unreadable", `Expected JSON, got ${bytes.length} bytes of something else`);
  }
}
