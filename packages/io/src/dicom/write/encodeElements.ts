import { concat } from "../concat.ts";
import { tags } from "../tags.ts";
import type { Element, Elements, Vr } from "./element.ts";
import { encodeValue } from "./encodeValue.ts";

/** How a data set is written: see `encodingOf` for a transfer syntax. */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

const explicitLittleEndian: Encoding = { explicit: true, littleEndian: true };

/** Value representations with a length of four bytes (PS3.5 7.1.2). */
const longForms: ReadonlySet<Vr> = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const undefinedLength = 0xffffffff;

/**
 * Elements -> bytes, in ascending order of their tags; sequences and items with their lengths. The same elements always give the same bytes.
 *
 * A value of more than 65535 bytes in a representation with short lengths is written as UN (PS3.5 6.2.2).
 * @throws RangeError for a tag that comes twice and for such a value of numbers in big endian, TypeError for text that is not ASCII.
 */
export function encodeElements(elements: Elements, encoding: Encoding = explicitLittleEndian): Uint8Array {
  return concat(parts(elements, encoding));
}

function parts(elements: Elements, encoding: Encoding): Uint8Array[] {
  const ordered = [...elements].sort((a, b) => a.tag - b.tag);
  const twice = ordered.find(({ tag }, index) => tag === ordered[index + 1]?.tag);
  if (twice) throw new RangeError(`Expected each tag once in a data set, got ${name(twice)} twice`);
  return ordered.flatMap((one) => elementParts(one, encoding));
}

function elementParts(one: Element, encoding: Encoding): Uint8Array[] {
  const { vr, value } = one;
  if (typeof value === "object" && "fragments" in value) {
    const items = value.fragments.flatMap((fragment) => itemParts([fragment], fragment.length + (fragment.length % 2), encoding));
    return [head(one, undefinedLength, encoding), ...items, delimiter(encoding)];
  }
  const body = vr === "SQ" ? sequence(value as readonly Elements[], encoding) : [encodeValue(vr, value as string, encoding.littleEndian)];
  return [head(one, size(body), encoding), ...body];
}

function sequence(items: readonly Elements[], encoding: Encoding): Uint8Array[] {
  return items.flatMap((item) => {
    const body = parts(item, encoding);
    return itemParts(body, size(body), encoding);
  });
}

function itemParts(body: readonly Uint8Array[], length: number, { littleEndian }: Encoding): Uint8Array[] {
  const padding = length - size(body);
  return [tagAndLength(tags.Item, length, littleEndian), ...body, ...(padding > 0 ? [new Uint8Array(padding)] : [])];
}

const delimiter = ({ littleEndian }: Encoding): Uint8Array => tagAndLength(tags.SequenceDelimitationItem, 0, littleEndian);

function head(one: Element, length: number, { explicit, littleEndian }: Encoding): Uint8Array {
  if (!explicit) return tagAndLength(one.tag, length, littleEndian);
  const vr = longForms.has(one.vr) || length <= 0xffff ? one.vr : "UN";
  // What is UN is little endian, whatever stands around it.
  const isTurned =
    vr !== one.vr && !littleEndian && (typeof one.value === "number" || Array.isArray(one.value)) && one.vr !== "DS" && one.vr !== "IS";
  if (isTurned) throw new RangeError(`Expected at most 65535 bytes in ${name(one)}, got ${length}`);
  const long = longForms.has(vr);
  const bytes = new Uint8Array(long ? 12 : 8);
  const view = new DataView(bytes.buffer);
  bytes.set(tagAndLength(one.tag, 0, littleEndian));
  bytes[4] = vr.charCodeAt(0);
  bytes[5] = vr.charCodeAt(1);
  if (long) view.setUint32(8, length, littleEndian);
  else view.setUint16(6, length, littleEndian);
  return bytes;
}

function tagAndLength(tag: number, length: number, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, tag >>> 16, littleEndian);
  view.setUint16(2, tag & 0xffff, littleEndian);
  view.setUint32(4, length, littleEndian);
  return new Uint8Array(view.buffer);
}

const size = (all: readonly Uint8Array[]): number => all.reduce((sum, { length }) => sum + length, 0);
const name = ({ tag }: Element): string => `(${(tag >>> 16).toString(16).padStart(4, "0")},${(tag & 0xffff).toString(16).padStart(4, "0")})`;
