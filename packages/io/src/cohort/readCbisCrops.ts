import { join, resolve } from "node:path";
import { readRegularFile } from "@mammo/files/node";
import type { Grid, Laterality, LesionKind } from "@mammo/mammogram";
import { readRaster } from "../image/raster/readRaster.ts";
import { areaAverage } from "../image/standardize/areaAverage.ts";
import { CohortError } from "./cohortError.ts";
import { isFile } from "./isFile.ts";
import { parseTsv } from "./parseTsv.ts";
import { readText } from "./readText.ts";

/** A lesion cut out of a film at the film's resolution. */
export interface LesionCrop {
  readonly patientId: string;
  readonly laterality: Laterality;
  /** View and number of the abnormality, as the table has them: with woman and side they say which lesion of which film it is. Absent where it does not. */
  readonly view?: string;
  readonly abnormality?: string;
  readonly kind: LesionKind;
  readonly malignant: boolean;
  /** Benign at once, without another look: left out of training by the re-implementations. */
  readonly withoutCallback: boolean;
  readonly path: string;
}

const file = "labels.tsv";
const required = ["file", "type", "patient", "side", "class_folder"];
const optional = ["view", "abnormality_id"];
const kinds: Readonly<Record<string, LesionKind>> = { mass: "mass", calc: "calcification" };
const sides: Readonly<Record<string, Laterality>> = { LEFT: "L", RIGHT: "R" };
const classes = ["MALIGNANT", "BENIGN", "BENIGN_WITHOUT_CALLBACK"];

/** Of the films that the crops were cut from. Assumed, as for whole films. */
const filmMm = 0.047;

/**
 * The lesion crops of CBIS-DDSM listed in a folder's `labels.tsv` (`file`, `type` mass or calc, `patient`, `side`, `class_folder`; `view` and `abnormality_id` where it has them).
 *
 * @throws CohortError naming file, row and what was expected.
 */
export async function readCbisCrops(directory: string): Promise<readonly LesionCrop[]> {
  const root = resolve(directory);
  const rows = parseTsv(await readText(join(root, file), `Expected the table ${file}`), { file, required, optional });
  const crops: LesionCrop[] = [];
  for (const { line, cells } of rows) {
    const expected = (what: string): CohortError => new CohortError("invalid-value", `${file} row ${line}: expected ${what}`);
    const cell = (name: string): string => cells[name]!;
    if (!Object.hasOwn(kinds, cell("type"))) throw expected("type to be mass or calc");
    if (!Object.hasOwn(sides, cell("side"))) throw expected("side to be LEFT or RIGHT");
    if (!classes.includes(cell("class_folder"))) throw expected(`class_folder to be one of ${classes.join(", ")}`);
    if (cell("patient") === "") throw expected("a patient");
    if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(cell("file"))) throw expected("file to be a path below the folder");
    const path = join(root, cell("file"));
    if (!(await isFile(path))) throw new CohortError("missing-file", `${file} row ${line}: expected the crop's file below the folder`);
    crops.push({
      patientId: cell("patient"),
      laterality: sides[cell("side")]!,
      kind: kinds[cell("type")]!,
      ...(cells["view"] ? { view: cells["view"] } : {}),
      ...(cells["abnormality_id"] ? { abnormality: cells["abnormality_id"] } : {}),
      malignant: cell("class_folder") === "MALIGNANT",
      withoutCallback: cell("class_folder") === "BENIGN_WITHOUT_CALLBACK",
      path,
    });
  }
  return crops;
}

/**
 * The pixels of a crop in [0, 1], averaged to `mmPerPixel` (0.25, the standard image's, by default).
 *
 * @throws DicomError as `readRaster`; FilesError where there is no file.
 */
export async function readLesionCrop({ path }: LesionCrop, mmPerPixel = 0.25): Promise<Grid> {
  const raster = await readRaster(await readRegularFile(path));
  const lut = Float32Array.from({ length: raster.maxValue + 1 }, (_, value) => value / raster.maxValue);
  return areaAverage({ ...raster, lut }, [mmPerPixel / filmMm, mmPerPixel / filmMm]);
}
