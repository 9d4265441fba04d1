import type { Element as TheirElement, DataSet as Theirs } from "dicom-parser";
import type { DataElement, DataSet } from "../parse/dataSet.ts";
import { tags } from "../tags.ts";

/**
 * The byte at which dicom-parser sees another element than our walk: another tag, place, length, item or fragment. Undefined where both see the same.
 *
 * `shift` is by how much its places are behind ours: of a deflated file the head stands in front. A sequence that it leaves closed, or opens only as
 * private implicit ones, has to lie at the same place.
 */
export function firstDifference(ours: DataSet, theirs: Theirs, shift: number, isRoot = true): number | undefined {
  if (ours.elements.size === 0 && isEmpty(theirs)) return undefined;
  const others = new Map(
    Object.values(theirs.elements)
      .map((element) => [Number.parseInt(element.tag.slice(1), 16), element] as const)
      // It lists delimiters too, and the meta group among the root's elements.
      .filter(([tag]) => tag < 0xfffe_0000 && !(isRoot && tag <= 0x0002_ffff && !ours.elements.has(tag))),
  );
  for (const element of ours.elements.values()) {
    const other = others.get(element.tag);
    if (other === undefined) return element.offset;
    const found = differenceIn(element, other, shift);
    if (found !== undefined) return found;
    others.delete(element.tag);
  }
  const [more] = others.values();
  return more && more.dataOffset - shift;
}

/** Whether it saw nothing but delimiters: of empty items there may be hundreds of thousands. */
function isEmpty({ elements }: Theirs): boolean {
  for (const tag in elements) if (!tag.startsWith("xfffe")) return false;
  return true;
}

function differenceIn(element: DataElement, other: TheirElement, shift: number): number | undefined {
  const { offset, length, items, fragments } = element;
  if (other.dataOffset - shift !== offset) return offset;
  if (items && other.items) {
    if (other.items.length !== items.length) return offset;
    for (const [index, item] of items.entries()) {
      const set = other.items[index]!.dataSet;
      const found = set ? firstDifference(item, set, shift, false) : item.elements.size > 0 ? item.start : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
  // Of an open sequence our walk keeps no length.
  if (items) return length === 0 || other.length === length ? undefined : offset;
  if (other.items && other.items.length > 0) return offset;
  if (fragments && element.tag === tags.PixelData && fragments.length > 0) {
    const [, ...own] = fragments;
    const seen = other.fragments ?? [];
    const different = own.findIndex((one, index) => seen[index]?.position !== one.offset + shift || seen[index]?.length !== one.length);
    if (different >= 0) return own[different]!.offset;
    return seen.length === own.length ? undefined : offset;
  }
  return fragments || other.length === length ? undefined : offset;
}
