import type { DataSet } from "./readDataSet.ts";

/** The byte at which an attribute stands or, where it is absent, would have to stand: behind all smaller tags. */
export function placeOf(dataSet: DataSet, tag: number): number {
  const own = dataSet.elements.get(tag);
  if (own !== undefined) return own.offset;
  let place = dataSet.start;
  for (const element of dataSet.elements.values()) if (element.tag < tag) place = Math.max(place, element.offset + element.length);
  return place;
}
