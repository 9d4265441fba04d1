import type { DataSet } from "./dataSet.ts";

/** The byte at which an attribute stands or, where it is absent, would have to stand: behind all smaller tags. */
export function offsetOf(dataSet: DataSet, tag: number): number {
  const own = dataSet.elements.get(tag);
  if (own !== undefined) return own.offset;
  let offset = dataSet.start;
  for (const element of dataSet.elements.values()) if (element.tag < tag) offset = Math.max(offset, element.offset + element.length);
  return offset;
}
