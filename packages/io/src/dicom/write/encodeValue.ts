import { decimalString } from "./decimalString.ts";
import type { Vr } from "./element.ts";

/** Bytes of one number, and how a DataView sets it. */
const binary: Partial<Record<Vr, readonly [size: number, set: (view: DataView, at: number, value: number, littleEndian: boolean) => void]>> = {
  US: [2, (view, at, value, little) => view.setUint16(at, value, little)],
  SS: [2, (view, at, value, little) => view.setInt16(at, value, little)],
  UL: [4, (view, at, value, little) => view.setUint32(at, value, little)],
  SL: [4, (view, at, value, little) => view.setInt32(at, value, little)],
  FL: [4, (view, at, value, little) => view.setFloat32(at, value, little)],
  FD: [8, (view, at, value, little) => view.setFloat64(at, value, little)],
  OW: [2, (view, at, value, little) => view.setUint16(at, value, little)],
  // A tag is two words, group first, in either byte order.
  AT: [
    4,
    (view, at, value, little) => {
      view.setUint16(at, value >>> 16, little);
      view.setUint16(at + 2, value & 0xffff, little);
    },
  ],
};

/**
 * A value that is neither sequence nor encapsulated -> its bytes, padded to even length.
 *
 * @throws TypeError for text that is not ASCII.
 */
export function encodeValue(vr: Vr, value: string | number | readonly number[] | Uint8Array, littleEndian: boolean): Uint8Array {
  if (value instanceof Uint8Array) return even(value, 0);
  if (typeof value === "string") return even(ascii(value), vr === "UI" ? 0 : 0x20);
  const numbers = typeof value === "number" ? [value] : value;
  if (vr === "DS") return even(ascii(numbers.map(decimalString).join("\\")), 0x20);
  if (vr === "IS") return even(ascii(numbers.map((number) => String(Math.round(number))).join("\\")), 0x20);
  const [size, set] = binary[vr] ?? [];
  if (!size || !set) throw new TypeError(`Expected text or bytes for a value of ${vr}, got numbers`);
  const view = new DataView(new ArrayBuffer(numbers.length * size));
  for (const [index, number] of numbers.entries()) set(view, index * size, number, littleEndian);
  return new Uint8Array(view.buffer);
}

function ascii(text: string): Uint8Array {
  if (!/^[\n\f\r -~]*$/.test(text)) throw new TypeError("Expected ASCII text; other text is written as the bytes of the data set's character set");
  return new TextEncoder().encode(text);
}

function even(bytes: Uint8Array, pad: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1).fill(pad);
  padded.set(bytes);
  return padded;
}
