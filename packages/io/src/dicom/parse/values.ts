import { DicomError } from "../dicomError.ts";
import type { DataElement, DataSet } from "./dataSet.ts";

const latin = new TextDecoder("latin1");

/** More values than any attribute that we read has, a lookup table's apart; what stands behind them is not looked at. */
const most = 65536;

/** The first 64 KiB of text values of an element, split at backslashes, without padding; absent or empty elements give []. */
export const texts = (dataSet: DataSet, tag: number): readonly string[] => textsWithin(dataSet, tag, most);

/** All text values of an element, however long it is: for what is written again, once `requireFewValues` has counted them. */
export const allTexts = (dataSet: DataSet, tag: number): readonly string[] => textsWithin(dataSet, tag, Number.POSITIVE_INFINITY);

function textsWithin(dataSet: DataSet, tag: number, bytes: number): readonly string[] {
  const element = dataSet.elements.get(tag);
  if (element === undefined || element.items || element.length === 0) return [];
  const value = latin.decode(dataSet.bytes.subarray(element.offset, element.offset + Math.min(element.length, bytes)));
  return value.split("\\").map((part) => withoutPadding(part).trimStart());
}

/** Without the blanks and zeros at its end. A scan from there: a pattern would try every run of blanks on the way, which takes minutes on a megabyte of them. */
function withoutPadding(part: string): string {
  let end = part.length;
  while (end > 0 && (part[end - 1] === " " || part[end - 1] === "\0")) end--;
  return part.slice(0, end);
}

/** The first text value, undefined where absent or empty. */
export const text = (dataSet: DataSet, tag: number): string | undefined => texts(dataSet, tag)[0] || undefined;

/** A code string as it is compared: in capitals; undefined for what is none (PS3.5: capitals, digits, space, underscore, up to 16 characters), since that is no place for free text. */
const codeOf = (value: string | undefined): string | undefined =>
  value !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(value.toUpperCase()) ? value.toUpperCase() : undefined;

/** The first value if it is a code string. */
export const code = (dataSet: DataSet, tag: number): string | undefined => codeOf(text(dataSet, tag));

/** Whether an element is there and holds anything but padding. */
export function isPresent(dataSet: DataSet, tag: number): boolean {
  const element = dataSet.elements.get(tag);
  return element !== undefined && (element.items ? element.items.length > 0 : texts(dataSet, tag).some((value) => value !== ""));
}

/** The first value if it is a UID: numbers with dots between them (PS3.5 9.1), which no path of folders is. */
export function uid(dataSet: DataSet, tag: number): string | undefined {
  const value = text(dataSet, tag);
  return value !== undefined && value.length <= 64 && /^\d+(\.\d+)*$/.test(value) ? value : undefined;
}

/** A decimal string (PS3.5 6.2), also with a comma instead of the point, as programs of some languages write it; NaN for anything else. */
function numberOf(value: string): number {
  const isDecimal = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(value.trimEnd());
  return isDecimal ? Number(value.replace(",", ".")) : Number.NaN;
}

/**
 * The values of a decimal or integer string, NaN in the place of each that is empty or no finite number: only the value that is needed decides.
 *
 * Empty values at the end (a trailing backslash) are none.
 */
export function decimals(dataSet: DataSet, tag: number): readonly number[] {
  const values = texts(dataSet, tag);
  let count = values.length;
  while (count > 0 && values[count - 1] === "") count--;
  return values.slice(0, count).map((value) => {
    const number = numberOf(value);
    return Number.isFinite(number) ? number : Number.NaN;
  });
}

/**
 * The first value of a decimal or integer string; undefined where absent or empty.
 *
 * @throws DicomError `invalid-attribute` where there is a value and it is no number: present but unreadable is not absent.
 */
export function decimal(dataSet: DataSet, tag: number, name: string): number | undefined {
  const [value] = decimals(dataSet, tag);
  if (value !== undefined && Number.isNaN(value))
    throw new DicomError("invalid-attribute", `Expected ${name} to be a number`, { offset: dataSet.elements.get(tag)?.offset ?? dataSet.start });
  return value;
}

/** Integers of 16 bits (US, or SS if `signed`); those that are written in another form that holds integers (UL, SL, IS, DS) are read as they are written. */
export function shorts(dataSet: DataSet, tag: number, signed = false): readonly number[] {
  const element = dataSet.elements.get(tag);
  if (element === undefined || element.items) return [];
  if (element.vr === "IS" || element.vr === "DS") return decimals(dataSet, tag);
  const isWide = (element.vr === "UL" || element.vr === "SL") && element.length % 4 === 0;
  return isWide ? integersOf(dataSet, element, 4, element.vr === "SL") : integersOf(dataSet, element, 2, signed);
}

function integersOf({ bytes, littleEndian }: DataSet, { offset, length }: DataElement, size: 2 | 4, signed: boolean): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
  const read = size === 2 ? (signed ? view.getInt16 : view.getUint16) : signed ? view.getInt32 : view.getUint32;
  return Array.from({ length: Math.min(Math.floor(length / size), most) }, (_, index) => read.call(view, size * index, littleEndian));
}

/** The items of a sequence; [] where absent. */
export const items = (dataSet: DataSet, tag: number): readonly DataSet[] => dataSet.elements.get(tag)?.items ?? [];
