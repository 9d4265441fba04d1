import type { DataSet } from "../dicom/parse/dataSet.ts";
import { text } from "../dicom/parse/values.ts";
import { tags } from "../dicom/tags.ts";

/** Sorts images by when they were acquired: date and time as written, then series and instance number. Holds a date: for sorting, not for output. */
export function acquisitionKey(dataSet: DataSet): string {
  const time =
    text(dataSet, tags.AcquisitionDateTime) ?? // Acquisition DateTime, else dates and times of acquisition and content.
    pair(dataSet, tags.AcquisitionDate, tags.AcquisitionTime) ??
    pair(dataSet, tags.ContentDate, tags.ContentTime) ??
    "";
  const number = (tag: number): string => String(Number.parseInt(text(dataSet, tag) ?? "", 10) || 0).padStart(12, "0");
  return `${time.slice(0, 26).padEnd(26)} ${number(tags.SeriesNumber)} ${number(tags.InstanceNumber)}`;
}

function pair(dataSet: DataSet, date: number, time: number): string | undefined {
  const day = text(dataSet, date);
  return day === undefined ? undefined : day + (text(dataSet, time) ?? "");
}

/** Keys -> the place of each in their sorted order; equal keys keep theirs. */
export function ranks(keys: readonly string[]): readonly number[] {
  const sorted = keys.map((key, at) => ({ key, at })).sort((a, b) => Number(a.key > b.key) - Number(a.key < b.key));
  const places: number[] = new Array(keys.length);
  for (const [rank, { at }] of sorted.entries()) places[at] = rank;
  return places;
}
