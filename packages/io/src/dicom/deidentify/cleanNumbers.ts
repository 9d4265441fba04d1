import type { DataElement, DataSet } from "../parse/dataSet.ts";
import type { Value, Vr } from "../write/element.ts";
import { encodeValue } from "../write/encodeValue.ts";
import { decodeSteps } from "./decodeSteps.ts";
import { multiplicitySteps } from "./multiplicity.ts";

type Read = (view: DataView, at: number, littleEndian: boolean) => number;
const forms: Partial<Record<Vr, readonly [size: number, read: Read, least: number, most: number]>> = {
  US: [2, (view, at, little) => view.getUint16(at, little), 0, 2 ** 16 - 1],
  SS: [2, (view, at, little) => view.getInt16(at, little), -(2 ** 15), 2 ** 15 - 1],
  UL: [4, (view, at, little) => view.getUint32(at, little), 0, 2 ** 32 - 1],
  SL: [4, (view, at, little) => view.getInt32(at, little), -(2 ** 31), 2 ** 31 - 1],
  UV: [8, (view, at, little) => Number(view.getBigUint64(at, little)), 0, 2 ** 53],
  SV: [8, (view, at, little) => Number(view.getBigInt64(at, little)), -(2 ** 53), 2 ** 53],
  FL: [4, (view, at, little) => view.getFloat32(at, little), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  FD: [8, (view, at, little) => view.getFloat64(at, little), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};
const sizes: Partial<Record<Vr, number>> = { AT: 4, OF: 4, OL: 4, OD: 8, OV: 8, OW: 2, OB: 1 };
const sizeOf = (vr: Vr): number => forms[vr]?.[0] ?? sizes[vr] ?? 1;

let multiplicities: ReadonlyMap<number, number> | undefined;
/** The most values that the standard gives a binary number (PS3.6 6); any number where it says n. */
function mostValues(tag: number): number {
  multiplicities ??= new Map(
    Object.entries(multiplicitySteps).flatMap(([most, steps]) =>
      decodeSteps(steps).map((one) => [one, most === "n" ? Number.POSITIVE_INFINITY : Number(most)] as const),
    ),
  );
  return multiplicities.get(tag) ?? 1;
}

/**
 * Binary numbers as `vr`, no more of them than the standard has places for, so that nothing stands behind them; undefined where they do not fit `vr` or are text.
 *
 * Lists that may be of any length stay, tables first of all; `onDoubt` is called where text seems to stand in one.
 */
export function cleanNumbers(one: DataElement, vr: Vr, dataSet: DataSet, onDoubt: () => void): Value | undefined {
  const bytes = dataSet.bytes.subarray(one.offset, one.offset + one.length);
  const isBulk = /^O[BDFLVW]$/.test(vr);
  const most = isBulk ? Number.POSITIVE_INFINITY : mostValues(one.tag);
  const stated = forms[(one.vr ?? vr) as Vr];
  const wanted = forms[vr];
  if (stated && wanted && one.vr !== vr) {
    const count = Math.min(Math.floor(bytes.length / stated[0]), most);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const numbers = Array.from({ length: count }, (_, index) => stated[1](view, index * stated[0], dataSet.littleEndian));
    const isWhole = !/^F/.test(vr);
    if (/^[SU]V$/.test(vr) || numbers.some((value) => !(value >= wanted[2] && value <= wanted[3]) || (isWhole && !Number.isInteger(value))))
      return undefined;
    return encodeValue(vr, numbers, dataSet.littleEndian);
  }
  const size = sizeOf(vr);
  const kept = bytes.subarray(0, size * Math.min(Math.floor(bytes.length / size), most));
  if (Number.isFinite(most)) return kept.length >= 8 && isText(kept) ? undefined : kept;
  if (holdsText(kept) && !isMonotone(kept, dataSet.littleEndian)) onDoubt();
  return kept;
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** Nothing but text, and most of it letters. */
const isText = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => isPrintable(byte) || byte === 0) && 4 * bytes.filter(isLetter).length >= 3 * bytes.length;

/** Eight bytes of text in a row, half of them letters. */
function holdsText(bytes: Uint8Array): boolean {
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && isPrintable(bytes[at]!)) continue;
    if (at - start >= 8 && 2 * bytes.subarray(start, at).filter(isLetter).length >= at - start) return true;
    start = at + 1;
  }
  return false;
}

/** Words that only rise or only fall, as those of a lookup table do; or bytes that do. */
function isMonotone(bytes: Uint8Array, littleEndian: boolean): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const only = (count: number, read: (at: number) => number): boolean => {
    let [rises, falls] = [true, true];
    for (let at = 1; at < count && (rises || falls); at++) {
      const step = read(at) - read(at - 1);
      if (step < 0) rises = false;
      else if (step > 0) falls = false;
    }
    return rises || falls;
  };
  return only(bytes.length >> 1, (at) => view.getUint16(2 * at, littleEndian)) || only(bytes.length, (at) => bytes[at]!);
}
