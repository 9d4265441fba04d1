import type { DataSet } from "../parse/readDataSet.ts";
import { items } from "../parse/values.ts";

const [shared, perFrame] = [0x52009229, 0x52009230];

/**
 * Where an attribute of one frame may stand, nearest first: the data set itself, then the frame's own functional groups, then those that all frames share.
 *
 * `macro` is the sequence that the groups keep it in. Documented: PS3.3 C.7.6.16, enhanced multi-frame images such as tomosynthesis.
 */
export function placesOf(dataSet: DataSet, frame: number, macro: number): readonly DataSet[] {
  const groups = [...items(dataSet, perFrame).slice(frame, frame + 1), ...items(dataSet, shared).slice(0, 1)];
  return [dataSet, ...groups.flatMap((group) => items(group, macro).slice(0, 1))];
}
