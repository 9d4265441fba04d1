import type { DataSet } from "../parse/dataSet.ts";
import { items } from "../parse/values.ts";
import { tags } from "../tags.ts";

/**
 * Where an attribute of one frame may stand, nearest first: the data set itself, then the frame's own functional groups, then those that all frames share.
 *
 * `macro` is the sequence that the groups keep it in. Documented: PS3.3 C.7.6.16, enhanced multi-frame images such as tomosynthesis.
 */
export function frameDataSets(dataSet: DataSet, frame: number, macro: number): readonly DataSet[] {
  const groups = [
    ...items(dataSet, tags.PerFrameFunctionalGroupsSequence).slice(frame, frame + 1),
    ...items(dataSet, tags.SharedFunctionalGroupsSequence).slice(0, 1),
  ];
  return [dataSet, ...groups.flatMap((group) => items(group, macro).slice(0, 1))];
}
