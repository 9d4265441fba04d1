import type { Laterality } from "@mammo/mammogram";
import type { DataSet } from "../parse/dataSet.ts";
import { decimals, text, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { frameDataSets } from "./functionalGroups.ts";
import type { Reading } from "./reading.ts";
import type { View } from "./view.ts";

/** Image Laterality, else the frame's (tomosynthesis keeps it in the Frame Anatomy of its functional groups), else the series'. Words (LEFT) are read and noted. */
export function readLaterality(dataSet: DataSet, frame: number, reading: Reading): Laterality | undefined {
  const [top, ...groups] = frameDataSets(dataSet, frame, tags.FrameAnatomySequence) as [DataSet, ...DataSet[]];
  const stated = [
    [top, tags.ImageLaterality, "ImageLaterality"],
    ...groups.map((anatomy) => [anatomy, tags.FrameLaterality, "FrameLaterality"] as const),
    [top, tags.Laterality, "Laterality"],
  ] as const;
  for (const [from, tag, name] of stated) {
    const value = text(from, tag)?.toUpperCase();
    if (value === undefined) continue;
    const side = /^(L|R|LEFT|RIGHT)( BREAST)?$/.exec(value);
    if (side === null) reading.unreadable.add(name);
    else {
      if (value.length > 1) reading.nonstandard.add(name);
      return value[0] as Laterality;
    }
  }
  return undefined;
}

/** The anatomical directions of rows and columns: Patient Orientation, else made of the direction cosines that a frame's plane has (PS3.3 C.7.6.1.1.1, C.7.6.2.1.1). */
function directions(dataSet: DataSet, frame: number): readonly [row: string, column: string] {
  const [row = "", column = ""] = texts(dataSet, tags.PatientOrientation).map((part) => part.toUpperCase());
  if (row !== "" || column !== "") return [row, column];
  const cosines = frameDataSets(dataSet, frame, tags.PlaneOrientationSequence)
    .map((one) => decimals(one, tags.ImageOrientationPatient))
    .find((one) => one.length === 6 && one.every(Number.isFinite));
  return cosines ? [anatomical(cosines.slice(0, 3)), anatomical(cosines.slice(3))] : ["", ""];
}

/** A direction's letters, the strongest first: x runs to the left, y to the back, z to the head. */
const anatomical = (cosines: readonly number[]): string =>
  cosines
    .map((cosine, axis) => ({ strength: Math.abs(cosine), letter: (cosine > 0 ? "LPH" : "RAF")[axis]! }))
    .filter(({ strength }) => strength > 0.05)
    .sort((a, b) => b.strength - a.strength)
    .map(({ letter }) => letter)
    .join("");

/** The row direction: towards anterior means that the chest wall is at the left. */
export function readChestWall(dataSet: DataSet, frame: number): "left" | "right" | undefined {
  const [row] = directions(dataSet, frame);
  if (row.startsWith("A")) return "left";
  return row.startsWith("P") ? "right" : undefined;
}

/** The column direction: in oblique and lateral views it should point to the feet, in CC views away from the breast's lateral side. */
export function readUpsideDown(
  dataSet: DataSet,
  { frame, laterality, view }: { readonly frame: number; readonly laterality: Laterality | undefined; readonly view: View },
): boolean {
  const [row, column] = directions(dataSet, frame);
  if (!/^[AP]/.test(row)) return false;
  if (view.position?.startsWith("CC") || view.position?.startsWith("XCC")) return column.startsWith(laterality === "L" ? "L" : "R");
  return column.startsWith("H");
}
