import type { DataSet } from "./dataSet.ts";

const latin = new TextDecoder("latin1");

/** More values than any attribute that we read has, a lookup table's apart; what stands behind them is not looked at. */
const most = 65536;

/** The first 64 KiB of text values of an element, split at backslashes, without padding; absent or empty elements give []. */
export const texts = (dataSet: DataSet, tag: number): readonly string[] => textsWithin(dataSet, tag, most);

/** All text values of an element, however long it is: for what is written again. */
export const allTexts = (dataSet: DataSet, tag: number): readonly string[] => textsWithin(dataSet, tag, Number.POSITIVE_INFINITY);

function textsWithin(dataSet: DataSet, tag: number, bytes: number): readonly string[] {
  const element = dataSet.elements.get(tag);
  if (element === undefined || element.items || element.length === 0) return [];
  const value = latin.decode(dataSet.bytes.subarray(element.offset, element.offset + Math.min(element.length, bytes)));
  return value.split("\\").map((part) => part.replace(/[\0 ]+$/, "").trimStart());
}

/** The first text value, undefined where absent or empty. */
export const text = (dataSet: DataSet, tag: number): string | undefined => texts(dataSet, tag)[0] || undefined;

/** The first value if it is a code string (PS3.5: capitals, digits, space, underscore, up to 16 characters), which is no place for free text. */
export function code(dataSet: DataSet, tag: number): string | undefined {
  const value = text(dataSet, tag)?.toUpperCase();
  return value !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(value) ? value : undefined;
}

/** The first value if it is a UID: numbers with dots between them (PS3.5 9.1), which no path of folders is. */
export function uid(dataSet: DataSet, tag: number): string | undefined {
  const value = text(dataSet, tag);
  return value !== undefined && value.length <= 64 && /^\d+(\.\d+)*$/.test(value) ? value : undefined;
}

/** The values of a decimal or integer string; [] if any of them is no finite number. */
export function decimals(dataSet: DataSet, tag: number): readonly number[] {
  const values = texts(dataSet, tag).map((part) => (part === "" ? Number.NaN : Number(part)));
  return values.every(Number.isFinite) ? values : [];
}

/** The binary 16-bit values (US, or SS if `signed`). */
export function shorts(dataSet: DataSet, tag: number, signed = false): readonly number[] {
  const element = dataSet.elements.get(tag);
  if (element === undefined || element.items) return [];
  const view = new DataView(dataSet.bytes.buffer, dataSet.bytes.byteOffset + element.offset, element.length);
  const read = signed ? view.getInt16 : view.getUint16;
  return Array.from({ length: Math.min(element.length >> 1, most) }, (_, index) => read.call(view, 2 * index, dataSet.littleEndian));
}

/** The items of a sequence; [] where absent. */
export const items = (dataSet: DataSet, tag: number): readonly DataSet[] => dataSet.elements.get(tag)?.items ?? [];
