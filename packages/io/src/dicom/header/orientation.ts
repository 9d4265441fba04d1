import type { Laterality } from "@mammo/mammogram";
import type { DataSet } from "../parse/dataSet.ts";
import { code, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { frameDataSets } from "./functionalGroups.ts";
import type { View } from "./view.ts";

/** Image Laterality, else the frame's (tomosynthesis keeps it in the Frame Anatomy of its functional groups), else the series'. */
export function readLaterality(dataSet: DataSet, frame: number): Laterality | undefined {
  const [top, ...groups] = frameDataSets(dataSet, frame, tags.FrameAnatomySequence) as [DataSet, ...DataSet[]];
  const stated = [code(top, tags.ImageLaterality), ...groups.map((anatomy) => code(anatomy, tags.FrameLaterality)), code(top, tags.Laterality)];
  return stated.find((value) => value === "L" || value === "R");
}

/** The row direction's token of Patient Orientation: towards anterior means that the chest wall is at the left. */
export function readChestWall(dataSet: DataSet): "left" | "right" | undefined {
  const token = texts(dataSet, tags.PatientOrientation)[0]?.toUpperCase() ?? "";
  if (token.startsWith("A")) return "left";
  return token.startsWith("P") ? "right" : undefined;
}

/** The column direction's token: in oblique and lateral views it should point to the feet, in CC views away from the breast's lateral side. */
export function readUpsideDown(dataSet: DataSet, laterality: Laterality | undefined, view: View): boolean {
  const [row = "", token = ""] = texts(dataSet, tags.PatientOrientation).map((part) => part.toUpperCase());
  if (!/^[AP]/.test(row)) return false;
  if (view.position?.startsWith("CC") || view.position?.startsWith("XCC")) return token.startsWith(laterality === "L" ? "L" : "R");
  return token.startsWith("H");
}
