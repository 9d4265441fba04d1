import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import { tags } from "../tags.ts";
import { type DataElement, type DataSet, undefinedLength } from "./dataSet.ts";
import { type HeadSource, isWrittenExplicit, readElementHead, tagAt } from "./elementHead.ts";
import { skipFragments } from "./skipFragments.ts";

interface Level {
  readonly kind: "dataset" | "sequence";
  readonly start: number;
  readonly end: number;
  readonly open: boolean;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly elements: Map<number, DataElement>;
  readonly items: DataSet[];
  readonly source: HeadSource;
  /** What a sequence is instead where it turns out not to be one. */
  readonly otherwise?: (() => DataElement) | undefined;
}

/**
 * Walks the elements of a data set once, with a stack of its own instead of recursion, so that depth and size are refused before they cost anything.
 *
 * Ends with the bytes, or before the first root element for which `stop(tag)` holds. What looks like a sequence and is none is taken as bytes; so is a private one that is broken. Delimiters that
 * close nothing are passed over, and one kind of delimiter is taken for the other. Source: DICOM PS3.5 section 7 and annex A.4, re-implementation.
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
  const level = (kind: Level["kind"], from: Pick<Level, "end" | "open" | "explicit" | "littleEndian" | "otherwise">): Level => ({
    kind,
    start: position,
    ...from,
    elements: new Map(),
    items: [],
    source: { bytes, view, end: from.end, littleEndian: from.littleEndian },
  });
  const asDataSet = ({ start, littleEndian, elements }: Level) => ({ bytes, start, littleEndian, elements });
  const source = { bytes, view, end, littleEndian: options.littleEndian };
  const root = level("dataset", {
    end,
    open: false,
    explicit: isWrittenExplicit(source, position, options.explicit),
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
  const nextIs = (...wanted: readonly number[]): boolean => position + 8 <= end && wanted.includes(tagAt(view, position, stack.at(-1)!.littleEndian));

  /** A delimiter, or eight zeros in the place of one; false for anything else. */
  const close = (top: Level, tag: number): boolean => {
    const isZero = tag === 0 && top.open && view.getUint32(position + 4, true) === 0;
    if (tag !== tags.ItemDelimitationItem && tag !== tags.SequenceDelimitationItem && !isZero) return false;
    position += 8;
    if (!top.open) return true;
    const own = top.kind === "sequence" ? tags.SequenceDelimitationItem : tags.ItemDelimitationItem;
    const isOwn = tag === own || isZero;
    // In a sequence, an item's delimiter may be one too many; in an item, a sequence's may stand for the item's or for both.
    if (top.kind === "sequence" && !isOwn && nextIs(tags.Item, tags.SequenceDelimitationItem)) return true;
    stack.pop();
    if (top.kind === "dataset" && !isOwn && stack.at(-1)?.open && !nextIs(tags.Item, tags.SequenceDelimitationItem)) stack.pop();
    return true;
  };

  const readItem = (top: Level, tag: number): void => {
    const at = position;
    if (tag !== tags.Item) throw new DicomError("invalid-structure", "Expected a sequence item", { offset: at });
    const length = view.getUint32(at + 4, top.littleEndian);
    position = at + 8;
    if (length === 0) {
      // Nothing to walk: a file of a million empty items costs no more than their heads.
      top.items.push({ bytes, start: position, littleEndian: top.littleEndian, elements: new Map() });
      return;
    }
    const open = length === undefinedLength;
    const itemEnd = open ? top.end : span(position, length, top.end);
    const explicit = isWrittenExplicit({ bytes, view, end: itemEnd, littleEndian: top.littleEndian }, position, top.explicit);
    const next = level("dataset", { end: itemEnd, open, explicit, littleEndian: top.littleEndian });
    top.items.push(asDataSet(next));
    push(next, at);
  };

  const readElement = (top: Level): void => {
    const at = position;
    const { littleEndian } = top;
    const { tag, vr, offset, length } = readElementHead(top.source, at, top.explicit);
    position = offset;
    const open = length === undefinedLength;
    const isUnknown = top.explicit && (vr === "UN" || vr === undefined);
    if (!open && vr !== "SQ" && !(vr === undefined || isUnknown)) {
      position = span(offset, length, top.end);
      put(top, { tag, vr, offset, length });
      return;
    }
    const isPrivate = Math.floor(tag / 65536) % 2 === 1;
    const fragments = (): DataElement => {
      const behind = skipFragments(view, { start: offset, end: top.end, littleEndian });
      return { tag, vr, offset, length: behind - offset, fragments: [] };
    };
    // The pixels of an icon in a sequence, and private bytes in fragments: nothing that we would read.
    if (open && (tag === tags.PixelData || vr === "OB" || vr === "OW")) {
      const element = fragments();
      position = element.offset + element.length;
      top.elements.set(tag, element);
      return;
    }
    // Implicit encoding names no sequences, and UN hides them: an undefined length or a value that opens with an item is one. UN holds implicit little endian items (PS3.5 6.2.2).
    const opensWithItem =
      (isUnknown || !top.explicit) &&
      tag !== tags.PixelData &&
      !open &&
      length >= 8 &&
      length <= top.end - offset &&
      tagAt(view, offset, littleEndian || isUnknown) === tags.Item;
    if (vr === "SQ" || (open && (vr === "UN" || vr === undefined)) || opensWithItem) {
      const asBytes = (): DataElement => ({ tag, vr: vr === "SQ" ? "UN" : vr, offset, length });
      const next = level("sequence", {
        end: open ? top.end : span(offset, length, top.end),
        open,
        explicit: top.explicit && !isUnknown,
        littleEndian: littleEndian || isUnknown,
        otherwise: open ? (isPrivate ? fragments : undefined) : isPrivate || opensWithItem ? asBytes : undefined,
      });
      top.elements.set(tag, { tag, vr: "SQ", offset, length: open ? 0 : length, items: next.items });
      push(next, at);
      return;
    }
    if (open) throw new DicomError("invalid-structure", "An undefined length is allowed for sequences and encapsulated pixels only", { offset: at });
    position = span(offset, length, top.end);
    put(top, { tag, vr, offset, length });
  };
  const put = (top: Level, element: DataElement): void => {
    const { offset, length, tag } = element;
    if (length > limits.valueBytes) throw new DicomError("limit-exceeded", `Expected values of at most ${limits.valueBytes} bytes`, { offset });
    if (offset + length > limits.headerBytes)
      throw new DicomError("limit-exceeded", `Expected at most ${limits.headerBytes} bytes before the pixels`, { offset });
    top.elements.set(tag, element);
  };
  /** Back to the nearest level that can be something else; what is behind it goes on. Each byte is walked once, since what was walked is behind. */
  const recover = (error: unknown): void => {
    const isOfStructure = error instanceof DicomError && (error.code === "invalid-structure" || error.code === "truncated");
    while (isOfStructure && stack.length > 0) {
      const { otherwise } = stack.pop()!;
      const element = otherwise?.();
      if (element === undefined) continue;
      position = element.offset + element.length;
      put(stack.at(-1)!, element);
      return;
    }
    throw error;
  };

  const step = (top: Level): "go on" | "end" => {
    if (top === root && end - position < 8) return "end"; // Odd bytes behind the last element: padding.
    need(8, top.end);
    if (++count > limits.elements) throw new DicomError("limit-exceeded", `Expected at most ${limits.elements} elements`, { offset: position });
    const tag = tagAt(view, position, top.littleEndian);
    if (top === root && (tag === 0 || stop(tag))) return "end"; // A zero tag at the root: trailing padding.
    if ((tag === 0 || tag >= tags.Item) && close(top, tag)) return "go on";
    if (top.kind === "sequence") readItem(top, tag);
    else if (tag === tags.Item && top.open)
      stack.pop(); // Its delimiter is missing: the next item of its sequence.
    else readElement(top);
    return "go on";
  };

  while (stack.length > 0) {
    const top = stack.at(-1)!;
    if (position >= top.end && !top.open) {
      stack.pop();
      continue;
    }
    try {
      if (step(top) === "end") break;
    } catch (error) {
      recover(error);
    }
  }
  return { dataSet: asDataSet(root), position, explicit: root.explicit };
}
