import { DicomError } from "../dicomError.ts";
import { tags } from "../tags.ts";
import { undefinedLength } from "./dataSet.ts";

const longVr = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const shortVr = new Set("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "));
const isVr = (name: string): boolean => longVr.has(name) || shortVr.has(name);

/** Tag, value representation (explicit encoding only) and length of an element. */
export interface ElementHead {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly offset: number;
  readonly length: number;
}

/** Bytes and the bounds within which a head is read. */
export interface HeadSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly end: number;
  readonly littleEndian: boolean;
}

export const tagAt = (view: DataView, at: number, littleEndian: boolean): number =>
  view.getUint16(at, littleEndian) * 65536 + view.getUint16(at + 2, littleEndian);

const vrAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!);

/** The three ways to write a head: explicit with a length of 16 bits, explicit with one of 32, implicit. */
function forms(
  { bytes, view, end, littleEndian }: HeadSource,
  at: number,
): { readonly [form in "short" | "long" | "implicit"]: ElementHead | undefined } {
  const [tag, vr] = [tagAt(view, at, littleEndian), vrAt(bytes, at)];
  return {
    short: { tag, vr, offset: at + 8, length: view.getUint16(at + 6, littleEndian) },
    long: at + 12 <= end ? { tag, vr, offset: at + 12, length: view.getUint32(at + 8, littleEndian) } : undefined,
    implicit: { tag, vr: undefined, offset: at + 8, length: view.getUint32(at + 4, littleEndian) },
  };
}

const isDelimiter = (tag: number): boolean => tag >= 0xfffe_0000;

/** Whether a head is followed by the end, or by what reads as another element: of a larger tag and, in explicit encoding, with a value representation. */
function isFollowed({ bytes, view, end, littleEndian }: HeadSource, { tag, offset, length }: ElementHead, explicit: boolean): boolean {
  const next = offset + length;
  if (next === end) return true;
  if (next + 8 > end) return false;
  const following = tagAt(view, next, littleEndian);
  if (isDelimiter(following)) return true;
  if (following <= tag) return false;
  return explicit ? isVr(vrAt(bytes, next)) : view.getUint32(next + 4, littleEndian) <= end - next - 8;
}

/**
 * The head of the element at `at`. A value representation that is none, a length that leads nowhere and the other encoding inside of one are tried in the forms that
 * exist, and the first is taken that another element follows (as DCMTK, GDCM and pydicom do, each for some of them).
 *
 * @throws DicomError `truncated`, `invalid-structure`.
 */
export function readElementHead(source: HeadSource, at: number, explicit: boolean): ElementHead {
  const { view, end, littleEndian } = source;
  if (!explicit) {
    // As nearly all elements are; nothing else is made for them.
    const length = view.getUint32(at + 4, littleEndian);
    if (length === undefinedLength || length <= end - at - 8) return { tag: tagAt(view, at, littleEndian), vr: undefined, offset: at + 8, length };
    return otherHead(source, at, explicit);
  }
  const vr = vrAt(source.bytes, at);
  const isLong = longVr.has(vr);
  if (isLong && at + 12 > end)
    throw new DicomError("truncated", "Expected another element or the end of its sequence, the data ends", { offset: at });
  if (!isLong && !shortVr.has(vr)) return otherHead(source, at, explicit);
  const offset = at + (isLong ? 12 : 8);
  const length = isLong ? view.getUint32(at + 8, littleEndian) : view.getUint16(at + 6, littleEndian);
  if (length !== undefinedLength && length > end - offset) return otherHead(source, at, explicit);
  return { tag: tagAt(view, at, littleEndian), vr, offset, length };
}

/** The head of an element whose announced form makes no sense. */
function otherHead(source: HeadSource, at: number, explicit: boolean): ElementHead {
  const { bytes, end } = source;
  const { short, long, implicit } = forms(source, at);
  const vr = vrAt(bytes, at);
  const others = explicit ? [short, long, implicit] : [longVr.has(vr) ? long : shortVr.has(vr) ? short : undefined];
  const found = others.find(
    (head) => head !== undefined && head.length <= end - head.offset && isFollowed(source, head, explicit || head.vr !== undefined),
  );
  if (found !== undefined) return found.vr !== undefined && !isVr(found.vr) ? { ...found, vr: "UN" } : found;
  // Too long: refused where its value is looked at.
  if (!explicit) return implicit!;
  if (/^[A-Z]{2}$/.test(vr)) return longVr.has(vr) ? long! : short!;
  throw new DicomError("invalid-structure", "Expected a value representation of two capital letters", { offset: at + 4 });
}

/** Whether a data set is written in explicit encoding: its first element tells, whatever was announced. */
export function isWrittenExplicit(source: HeadSource, at: number, announced: boolean): boolean {
  if (at + 8 > source.end) return announced;
  const tag = tagAt(source.view, at, source.littleEndian);
  if (isDelimiter(tag) || tag === tags.PixelData) return announced;
  const vr = vrAt(source.bytes, at);
  if (announced) return /^[A-Z]{2}$/.test(vr) || !isFollowed(source, forms(source, at).implicit!, false);
  const head = forms(source, at)[longVr.has(vr) ? "long" : "short"];
  return isVr(vr) && head !== undefined && isFollowed(source, head, true);
}
