import type { Box, LesionKind } from "@mammo/mammogram";
import { CohortError } from "./cohortError.ts";
import { type Plist, parsePlist } from "./plist.ts";

/** A region that INbreast's radiologists outlined. */
export interface InbreastRoi {
  /** As written: Mass, Cluster, ... */
  readonly name: string;
  /** Undefined for regions that are no lesion, such as the pectoral muscle. */
  readonly kind: LesionKind | undefined;
  /** The least box that holds the outline's pixels. */
  readonly box: Box;
}

// By the names that stand in the files, spelled as they are there.
const kinds: Readonly<Record<string, LesionKind>> = {
  mass: "mass",
  "spiculated region": "mass",
  "espiculated region": "mass",
  calcification: "calcification",
  calcifications: "calcification",
  cluster: "calcification",
  distortion: "distortion",
  asymmetry: "asymmetry",
  assymetry: "asymmetry",
};

/**
 * The text of one of INbreast's OsiriX region files (an XML property list) -> its regions. A point is (column, row); a region of one point is a box of one pixel.
 *
 * Source: Moreira et al., INbreast: toward a full-field digital mammographic database, Acad Radiol 2012; the files' form as public readers take it (re-implementation).
 * @throws CohortError `invalid-value` naming the file and the region, counted from 1.
 */
export function parseInbreastRois(text: string, options: { readonly file: string }): readonly InbreastRoi[] {
  const { file } = options;
  const images = entry(parsePlist(text, options), "Images");
  if (!Array.isArray(images)) throw new CohortError("invalid-value", `${file}: expected a list Images`);
  return images.flatMap((image: Plist) => {
    const rois = entry(image, "ROIs");
    if (!Array.isArray(rois)) throw new CohortError("invalid-value", `${file}: expected a list ROIs in each image`);
    return rois.map((roi: Plist, index): InbreastRoi => {
      const [name, points] = [entry(roi, "Name"), entry(roi, "Point_px")];
      if (typeof name !== "string" || !Array.isArray(points) || points.length === 0)
        throw new CohortError("invalid-value", `${file} region ${index + 1}: expected Name and at least one Point_px`);
      const key = name.trim().toLowerCase();
      return { name, kind: Object.hasOwn(kinds, key) ? kinds[key] : undefined, box: boxOf(points, `${file} region ${index + 1}`) };
    });
  });
}

const entry = (value: Plist, key: string): Plist | undefined =>
  typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, key) ? (value as { readonly [key: string]: Plist })[key] : undefined;

function boxOf(points: readonly Plist[], place: string): Box {
  let [top, left, bottom, right] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (const point of points) {
    const match = typeof point === "string" ? /^\(\s*(-?\d{1,6}(?:\.\d+)?)\s*,\s*(-?\d{1,6}(?:\.\d+)?)\s*\)$/.exec(point) : null;
    if (match === null) throw new CohortError("invalid-value", `${place}: expected each point as "(column, row)"`);
    // Outlines may leave the film by a little.
    const [column, row] = match.slice(1).map((value) => Math.max(Math.floor(Number(value)), 0)) as [number, number];
    [top, left] = [Math.min(top, row), Math.min(left, column)];
    [bottom, right] = [Math.max(bottom, row + 1), Math.max(right, column + 1)];
  }
  return { top, left, bottom, right };
}
