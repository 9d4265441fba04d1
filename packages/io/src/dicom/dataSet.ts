import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";

/** One data element: where its value lies, or the items of its sequence, or the fragments of its encapsulated pixels. */
export interface DataElement {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly offset: number;
  readonly length: number;
  readonly items?: readonly DataSet[];
  readonly fragments?: readonly { readonly offset: number; readonly length: number }[];
}

/** Elements by tag (group * 65536 + element), with the bytes that they point into. */
export interface DataSet {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly elements: ReadonlyMap<number, DataElement>;
}

export const pixelDataTag = 0x7fe00010;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const undefinedLength = 0xffffffff;
const longVr = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

interface Level {
  readonly kind: "dataset" | "sequence";
  readonly end: number;
  readonly open: boolean;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly elements: Map<number, DataElement>;
  readonly items: DataSet[];
}

/**
 * Walks the elements of a data set once, with a stack of its own instead of recursion, so that depth and size are refused before they cost anything.
 *
 * Ends at `end`, behind the root's Pixel Data, or before the first root element for which `stop(tag)` holds. Source: DICOM PS3.5 section 7 and annex A.4, re-implementation.
 * @throws DicomError `truncated`, `invalid-structure` or `limit-exceeded`, with the byte offset.
 */
export function readDataSet(
  bytes: Uint8Array,
  options: {
    readonly start: number;
    readonly explicit: boolean;
    readonly littleEndian: boolean;
    readonly limits: Limits;
    readonly stop?: (tag: number) => boolean;
  },
): { readonly dataSet: DataSet; readonly position: number } {
  const { limits, stop } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length;
  let position = options.start;
  let count = 0;
  const tagAt = (at: number, littleEndian: boolean): number => view.getUint16(at, littleEndian) * 65536 + view.getUint16(at + 2, littleEndian);
  const level = (kind: Level["kind"], from: Pick<Level, "end" | "open" | "explicit" | "littleEndian">): Level => ({
    kind,
    ...from,
    elements: new Map(),
    items: [],
  });
  const asDataSet = (from: Level): DataSet => ({ bytes, littleEndian: from.littleEndian, elements: from.elements });
  const root = level("dataset", {
    end,
    open: false,
    explicit: options.explicit && looksExplicit(bytes, position),
    littleEndian: options.littleEndian,
  });
  const stack: Level[] = [root];

  const need = (size: number, limit: number): void => {
    if (position + size > limit)
      throw new DicomError("truncated", "Expected another element or the end of its sequence, the data ends", { offset: position });
  };
  const push = (next: Level, at: number): void => {
    if (stack.length > 2 * limits.depth) throw new DicomError("limit-exceeded", `Expected at most ${limits.depth} nested sequences`, { offset: at });
    stack.push(next);
  };
  const span = (at: number, length: number, limit: number): number => {
    if (length > limit - at) throw new DicomError("truncated", "A value is longer than what is left to hold it", { offset: at });
    return at + length;
  };

  while (stack.length > 0) {
    const top = stack.at(-1)!;
    if (position >= top.end && !top.open) {
      stack.pop();
      continue;
    }
    if (top === root && end - position < 8) break; // Odd bytes behind the last element: padding.
    need(8, top.end);
    if (++count > limits.elements) throw new DicomError("limit-exceeded", `Expected at most ${limits.elements} elements`, { offset: position });
    const at = position;
    const { littleEndian } = top;
    const tag = tagAt(at, littleEndian);

    if (top.kind === "sequence") {
      const length = view.getUint32(at + 4, littleEndian);
      position = at + 8;
      if (tag === sequenceEnd && top.open) stack.pop();
      else if (tag === item) {
        const open = length === undefinedLength;
        const next = level("dataset", { end: open ? top.end : span(position, length, top.end), open, explicit: top.explicit, littleEndian });
        top.items.push(asDataSet(next));
        push(next, at);
      } else throw new DicomError("invalid-structure", "Expected a sequence item", { offset: at });
      continue;
    }

    if (tag === itemEnd && top.open) {
      position = at + 8;
      stack.pop();
      continue;
    }
    if (top === root && (tag === 0 || stop?.(tag))) break; // A zero tag at the root: trailing padding.

    let vr: string | undefined;
    let length: number;
    if (top.explicit) {
      vr = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!);
      if (!/^[A-Z]{2}$/.test(vr))
        throw new DicomError("invalid-structure", "Expected a value representation of two capital letters", { offset: at + 4 });
      if (longVr.has(vr)) {
        need(12, top.end);
        length = view.getUint32(at + 8, littleEndian);
        position = at + 12;
      } else {
        length = view.getUint16(at + 6, littleEndian);
        position = at + 8;
      }
    } else {
      length = view.getUint32(at + 4, littleEndian);
      position = at + 8;
    }
    const offset = position;
    const open = length === undefinedLength;

    if (tag === pixelDataTag && open) {
      const { fragments, position: after } = readFragments(view, { start: offset, end: top.end, littleEndian, limits });
      top.elements.set(tag, { tag, vr, offset, length: after - offset, fragments });
      position = after;
      if (top === root) break;
      continue;
    }
    // Implicit encoding names no sequences: an undefined length or a value that opens with an item is one. UN of undefined length holds implicit little endian items (PS3.5 6.2.2).
    const opensWithItem =
      !top.explicit && tag !== pixelDataTag && !open && length >= 8 && offset + 8 <= top.end && tagAt(offset, littleEndian) === item;
    const isSequence = vr === "SQ" || (open && (vr === "UN" || vr === undefined)) || opensWithItem;
    if (isSequence) {
      const isUnknown = top.explicit && vr === "UN";
      const next = level("sequence", {
        end: open ? top.end : span(offset, length, top.end),
        open,
        explicit: top.explicit && !isUnknown,
        littleEndian: littleEndian || isUnknown,
      });
      top.elements.set(tag, { tag, vr: "SQ", offset, length: open ? 0 : length, items: next.items });
      push(next, at);
      continue;
    }
    if (open) throw new DicomError("invalid-structure", "An undefined length is allowed for sequences and encapsulated pixels only", { offset: at });
    position = span(offset, length, top.end);
    top.elements.set(tag, { tag, vr, offset, length });
    if (tag === pixelDataTag && top === root) break;
  }
  return { dataSet: asDataSet(root), position };
}

/** Some writers announce an explicit syntax and write an implicit one: the first element tells. */
function looksExplicit(bytes: Uint8Array, at: number): boolean {
  const isCapital = (byte: number | undefined): boolean => byte === undefined || (byte >= 65 && byte <= 90);
  return isCapital(bytes[at + 4]) && isCapital(bytes[at + 5]);
}

/** The fragments of encapsulated pixels (PS3.5 A.4); the first is the Basic Offset Table. A missing end delimiter at the very end of the file is forgiven. */
function readFragments(
  view: DataView,
  options: { readonly start: number; readonly end: number; readonly littleEndian: boolean; readonly limits: Limits },
): { readonly fragments: { offset: number; length: number }[]; readonly position: number } {
  const { end, littleEndian, limits } = options;
  const fragments: { offset: number; length: number }[] = [];
  let position = options.start;
  while (end - position >= 8) {
    const tag = view.getUint16(position, littleEndian) * 65536 + view.getUint16(position + 2, littleEndian);
    const length = view.getUint32(position + 4, littleEndian);
    if (tag === sequenceEnd) return { fragments, position: position + 8 };
    if (tag !== item) throw new DicomError("invalid-structure", "Expected a fragment of encapsulated pixels", { offset: position });
    if (length > end - position - 8) throw new DicomError("truncated", "A fragment is longer than what is left of the file", { offset: position });
    if (fragments.push({ offset: position + 8, length }) > limits.elements)
      throw new DicomError("limit-exceeded", `Expected at most ${limits.elements} fragments`, { offset: position });
    position += 8 + length;
  }
  return { fragments, position: end };
}
