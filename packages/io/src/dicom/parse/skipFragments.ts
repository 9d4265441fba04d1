import { DicomError } from "../dicomError.ts";
import { tags } from "../tags.ts";
import { tagAt } from "./elementHead.ts";

/** The byte behind a series of fragments and its delimiter, or the eight zeros that some write in its place. */
export function skipFragments(
  view: DataView,
  { start, end, littleEndian }: { readonly start: number; readonly end: number; readonly littleEndian: boolean },
): number {
  let position = start;
  while (end - position >= 8) {
    const tag = tagAt(view, position, littleEndian);
    const length = view.getUint32(position + 4, littleEndian);
    if (tag === tags.SequenceDelimitationItem || (tag === 0 && length === 0)) return position + 8;
    if (tag !== tags.Item) throw new DicomError("invalid-structure", "Expected a fragment of encapsulated pixels", { offset: position });
    if (length > end - position - 8) throw new DicomError("truncated", "A fragment is longer than what is left to hold it", { offset: position });
    position += 8 + length;
  }
  throw new DicomError("truncated", "Expected the end of encapsulated pixels, the data ends", { offset: position });
}
