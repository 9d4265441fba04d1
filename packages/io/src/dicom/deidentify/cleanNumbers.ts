import type { DataElement, DataSet } from "../parse/dataSet.ts";
import { shorts } from "../parse/values.ts";
import type { Value, Vr } from "../write/element.ts";
import { encodeValue } from "../write/encodeValue.ts";
import { decodeSteps } from "./decodeSteps.ts";
import { multiplicitySteps } from "./multiplicity.ts";

type Read = (view: DataView, at: number, littleEndian: boolean) => number;
/** Numbers without bounds are read, but none is written as them. */
const forms: Partial<Record<Vr, readonly [size: number, read: Read, bounds?: readonly [least: number, most: number]]>> = {
  US: [2, (view, at, little) => view.getUint16(at, little), [0, 2 ** 16 - 1]],
  SS: [2, (view, at, little) => view.getInt16(at, little), [-(2 ** 15), 2 ** 15 - 1]],
  UL: [4, (view, at, little) => view.getUint32(at, little), [0, 2 ** 32 - 1]],
  SL: [4, (view, at, little) => view.getInt32(at, little), [-(2 ** 31), 2 ** 31 - 1]],
  UV: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  SV: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  FL: [4, (view, at, little) => view.getFloat32(at, little), [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]],
  FD: [8, (view, at, little) => view.getFloat64(at, little), [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]],
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

/** Lookup tables by their data's tag -> the tag of what states their length: LUT Data (0028,3006), palettes. */
const descriptors: ReadonlyMap<number, number> = new Map([
  [0x0028_3006, 0x0028_3002],
  ...[1, 2, 3].map((color) => [0x0028_1200 + color, 0x0028_1100 + color] as const),
]);

/** How many words a lookup table has by its descriptor (PS3.3 C.11.1.1): entries of 8 bits may share one. Any number where none states it. */
function mostEntries(tag: number, dataSet: DataSet, length: number): number {
  const [entries, , bits = 16] = shorts(dataSet, descriptors.get(tag) ?? 0);
  if (entries === undefined) return Number.POSITIVE_INFINITY;
  const count = entries === 0 ? 65_536 : entries;
  return bits <= 8 && length <= count + (count % 2) ? Math.ceil(count / 2) : count;
}

/**
 * Binary numbers as `vr`, no more of them than the standard has places for, so that nothing stands behind them; undefined where they do not fit `vr` or are text.
 *
 * Lists that may be of any length stay, lookup tables at the length that their descriptor states; `onDoubt` is called where text seems to stand in one.
 */
export function cleanNumbers(one: DataElement, vr: Vr, dataSet: DataSet, onDoubt: () => void): Value | undefined {
  const bytes = dataSet.bytes.subarray(one.offset, one.offset + one.length);
  const isBulk = /^O[BDFLVW]$/.test(vr);
  const isList = isBulk || mostValues(one.tag) === Number.POSITIVE_INFINITY;
  const most = isList ? mostEntries(one.tag, dataSet, bytes.length) * (sizeOf(vr) === 1 ? 2 : 1) : mostValues(one.tag);
  const stated = forms[(one.vr ?? vr) as Vr];
  const wanted = forms[vr];
  if (stated && wanted && one.vr !== vr) {
    const count = Math.min(Math.floor(bytes.length / stated[0]), most);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const numbers = Array.from({ length: count }, (_, index) => stated[1](view, index * stated[0], dataSet.littleEndian));
    const isWhole = !/^F/.test(vr);
    const [, , bounds] = wanted;
    if (!bounds || numbers.some((value) => !(value >= bounds[0] && value <= bounds[1]) || (isWhole && !Number.isInteger(value)))) return undefined;
    return encodeValue(vr, numbers, dataSet.littleEndian);
  }
  const size = sizeOf(vr);
  const kept = bytes.subarray(0, size * Math.min(Math.floor(bytes.length / size), most));
  if (!isList) return kept.length >= 8 && isText(kept) ? undefined : kept;
  if (holdsText(kept, vr, dataSet.littleEndian) && !isMonotone(kept, dataSet.littleEndian)) onDoubt();
  return kept;
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
/** What names and dates are written with: blank, apostrophe, comma, hyphen, point, slash, caret. */
const marks: ReadonlySet<number> = new Set([0x20, 0x27, 0x2c, 0x2d, 0x2e, 0x2f, 0x5e]);

/** Nothing but text, and most of it letters; or nothing but names and dates. */
const isText = (bytes: Uint8Array): boolean =>
  (bytes.every((byte) => isPrintable(byte) || byte === 0) && 4 * bytes.filter(isLetter).length >= 3 * bytes.length) ||
  bytes.every((byte) => isLetter(byte) || isDigit(byte) || marks.has(byte));

/**
 * Eight characters in a row, half of them letters: in integers also in every second byte, and over zeros (UTF-16, short texts one behind the other).
 *
 * Floats have letters in every fourth byte; texts with zeros in them are numbers too small to be any.
 */
function holdsText(bytes: Uint8Array, vr: Vr, littleEndian: boolean): boolean {
  const isFloat = vr === "FL" || vr === "FD" || vr === "OF" || vr === "OD";
  if (!isFloat) return holdsRun(bytes, 0, 1, true) || holdsRun(bytes, 0, 2, true) || holdsRun(bytes, 1, 2, true);
  const [view, size] = [new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), sizeOf(vr)];
  const read = size === 4 ? view.getFloat32 : view.getFloat64;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const value = Math.abs(read.call(view, at, littleEndian));
    if (value > 0 && value < 1e-30) return true;
  }
  return holdsRun(bytes, 0, 1, false);
}

function holdsRun(bytes: Uint8Array, first: number, step: number, isOverZeros: boolean): boolean {
  let [length, letters] = [0, 0];
  const isRun = (): boolean => length >= 8 && 2 * letters >= length;
  for (let at = first; at < bytes.length; at += step) {
    const byte = bytes[at]!;
    if (byte === 0 && isOverZeros) continue;
    if (isPrintable(byte)) {
      length++;
      if (isLetter(byte)) letters++;
      continue;
    }
    if (isRun()) return true;
    [length, letters] = [0, 0];
  }
  return isRun();
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
