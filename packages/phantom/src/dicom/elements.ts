/** Value representations that this writer knows (PS3.5 6.2). */
export type Vr = "AS" | "CS" | "DA" | "DS" | "DT" | "IS" | "LO" | "OB" | "OW" | "PN" | "SH" | "SQ" | "ST" | "TM" | "UI" | "UL" | "US" | "SS";

/** A value: texts and numbers (several make a multi-value), raw bytes, or the items of a sequence. */
export type Value = string | number | readonly number[] | Uint8Array | readonly DataSet[];

/** Elements in ascending order of their tag. */
export type DataSet = readonly Element[];

/** One data element: group and element number as 0xGGGGEEEE. */
export interface Element {
  readonly tag: number;
  readonly vr: Vr;
  readonly value: Value;
}

/** Shorthand for one element. */
export const element = (tag: number, vr: Vr, value: Value): Element => ({ tag, vr, value });

const ascii = new TextEncoder();
const longForms: ReadonlySet<Vr> = new Set(["OB", "OW", "SQ"]);

/** Encodes elements as Explicit VR Little Endian (PS3.5 7.1.2), sequences and items with their lengths. */
export function encodeElements(elements: DataSet): Uint8Array {
  return joined(elements.map(encodeElement));
}

function encodeElement({ tag, vr, value }: Element): Uint8Array {
  const body = encodeValue(vr, value);
  const long = longForms.has(vr);
  const head = new DataView(new ArrayBuffer(long ? 12 : 8));
  head.setUint16(0, tag >>> 16, true);
  head.setUint16(2, tag & 0xffff, true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (long) head.setUint32(8, body.length, true);
  else head.setUint16(6, body.length, true);
  return joined([new Uint8Array(head.buffer), body]);
}

function encodeValue(vr: Vr, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return even(value, 0);
  if (typeof value === "string") return even(ascii.encode(value), vr === "UI" ? 0 : 0x20);
  const list = typeof value === "number" ? [value] : value;
  if (vr === "SQ") return joined((list as readonly DataSet[]).map(encodeItem));
  const numbers = list as readonly number[];
  if (vr === "DS" || vr === "IS") return even(ascii.encode(numbers.join("\\")), 0x20);
  const wide = vr === "UL" ? 4 : 2;
  const view = new DataView(new ArrayBuffer(numbers.length * wide));
  numbers.forEach((number, i) => {
    if (vr === "UL") view.setUint32(4 * i, number, true);
    else if (vr === "SS") view.setInt16(2 * i, number, true);
    else view.setUint16(2 * i, number, true);
  });
  return new Uint8Array(view.buffer);
}

function encodeItem(item: DataSet): Uint8Array {
  const body = encodeElements(item);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, 0xfffe, true);
  head.setUint16(2, 0xe000, true);
  head.setUint32(4, body.length, true);
  return joined([new Uint8Array(head.buffer), body]);
}

/** Pixel Data of one frame in one fragment, with an empty offset table (PS3.5 A.4). */
export function encapsulatedFrame(codestream: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(28));
  head.setUint32(0, 0x0010_7fe0, true);
  head.setUint32(4, 0x0000_424f, true);
  head.setUint32(8, 0xffff_ffff, true);
  head.setUint32(12, 0xe000_fffe, true);
  head.setUint32(20, 0xe000_fffe, true);
  head.setUint32(24, codestream.length, true);
  const tail = new Uint8Array([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  return joined([new Uint8Array(head.buffer), codestream, tail]);
}

/** Byte arrays one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function even(bytes: Uint8Array, pad: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : joined([bytes, Uint8Array.of(pad)]);
}
