import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import { tags } from "../tags.ts";
import { type DataElement, type DataSet, undefinedLength } from "./dataSet.ts";

const longVr = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

interface Level {
  readonly kind: "dataset" | "sequence";
  readonly start: number;
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
 * Ends with the bytes, or before the first root element for which `stop(tag)` holds. Source: DICOM PS3.5 section 7 and annex A.4, re-implementation.
 * @throws DicomError `truncated`, `invalid-structure` or `limit-exceeded`, with the byte offset.
 */
export function readDataSet(
  bytes: Uint8Array,
  options: {
    readonly start: number;
    readonly explicit: boolean;
    readonly littleEndian: boolean;
    readonly limits: Limits;
    readonly stop: (tag: number) => boolean;
  },
): { readonly dataSet: DataSet & { readonly elements: Map<number, DataElement> }; readonly position: number; readonly explicit: boolean } {
  const { limits, stop } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length;
  let position = options.start;
  let count = 0;
  const tagAt = (at: number, littleEndian: boolean): number => view.getUint16(at, littleEndian) * 65536 + view.getUint16(at + 2, littleEndian);
  const level = (kind: Level["kind"], from: Pick<Level, "end" | "open" | "explicit" | "littleEndian">): Level => ({
    kind,
    start: position,
    ...from,
    elements: new Map(),
    items: [],
  });
  const asDataSet = ({ start, littleEndian, elements }: Level) => ({ bytes, start, littleEndian, elements });
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
      if (tag === tags.SequenceDelimitationItem && top.open) stack.pop();
      else if (tag === tags.Item) {
        const open = length === undefinedLength;
        const next = level("dataset", { end: open ? top.end : span(position, length, top.end), open, explicit: top.explicit, littleEndian });
        top.items.push(asDataSet(next));
        push(next, at);
      } else throw new DicomError("invalid-structure", "Expected a sequence item", { offset: at });
      continue;
    }

    if (tag === tags.ItemDelimitationItem && top.open) {
      position = at + 8;
      stack.pop();
      continue;
    }
    if (top === root && (tag === 0 || stop(tag))) break; // A zero tag at the root: trailing padding.

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

    if (tag === tags.PixelData && open) {
      // The pixels of an icon in a sequence: nothing that we would read.
      position = skipFragments(view, offset, top.end, littleEndian);
      top.elements.set(tag, { tag, vr, offset, length: position - offset, fragments: [] });
      continue;
    }
    // Implicit encoding names no sequences: an undefined length or a value that opens with an item is one. UN of undefined length holds implicit little endian items (PS3.5 6.2.2).
    const opensWithItem =
      !top.explicit && tag !== tags.PixelData && !open && length >= 8 && offset + 8 <= top.end && tagAt(offset, littleEndian) === tags.Item;
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
    if (length > limits.valueBytes) throw new DicomError("limit-exceeded", `Expected values of at most ${limits.valueBytes} bytes`, { offset });
    if (position > limits.headerBytes)
      throw new DicomError("limit-exceeded", `Expected at most ${limits.headerBytes} bytes before the pixels`, { offset });
    top.elements.set(tag, { tag, vr, offset, length });
  }
  return { dataSet: asDataSet(root), position, explicit: root.explicit };
}

/** Some writers announce an explicit syntax and write an implicit one: the first element tells. */
function looksExplicit(bytes: Uint8Array, at: number): boolean {
  const isCapital = (byte: number | undefined): boolean => byte === undefined || (byte >= 65 && byte <= 90);
  return isCapital(bytes[at + 4]) && isCapital(bytes[at + 5]);
}

/** The byte behind a series of fragments. */
function skipFragments(view: DataView, start: number, end: number, littleEndian: boolean): number {
  let position = start;
  while (end - position >= 8) {
    const tag = view.getUint16(position, littleEndian) * 65536 + view.getUint16(position + 2, littleEndian);
    const length = view.getUint32(position + 4, littleEndian);
    if (tag === tags.SequenceDelimitationItem) return position + 8;
    if (tag !== tags.Item) throw new DicomError("invalid-structure", "Expected a fragment of encapsulated pixels", { offset: position });
    if (length > end - position - 8) throw new DicomError("truncated", "A fragment is longer than what is left to hold it", { offset: position });
    position += 8 + length;
  }
  throw new DicomError("truncated", "Expected the end of encapsulated pixels, the data ends", { offset: position });
}
