import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DicomError, inFile } from "../dicomError.ts";
import { readRaster } from "../raster/readRaster.ts";
import { viewOfRaster } from "../raster/viewOfRaster.ts";
import { type ReadMammogramOptions, readMammogram } from "../readMammogram.ts";
import { type StandardImage, standardize } from "../standardize/standardize.ts";
import type { CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";

/**
 * One image of a cohort -> the standard image. Its breast and view are the cohort's, since its labels hang on them.
 *
 * @throws DicomError whose text names the file; CohortError `missing-file` if it went away.
 */
export async function readCohortImage(image: CohortImage, options: ReadMammogramOptions = {}): Promise<StandardImage> {
  const bytes = await readFile(image.path).catch((cause: unknown) => {
    throw new CohortError("missing-file", `Expected the file ${basename(image.path)}`, { cause });
  });
  try {
    return await standardOf(bytes, image, options);
  } catch (cause) {
    if (cause instanceof DicomError) throw inFile(basename(image.path), cause);
    throw cause;
  }
}

async function standardOf(bytes: Uint8Array, image: CohortImage, options: ReadMammogramOptions): Promise<StandardImage> {
  const { laterality, view, sha256 } = image;
  if (image.format === "dicom") {
    const read = await readMammogram(bytes, {
      laterality,
      view,
      sha256,
      ...(image.mmPerPixel ? { sourceMmPerPixel: image.mmPerPixel } : {}),
      ...options,
    });
    const isConflict = read.image.laterality !== laterality || read.image.view !== view;
    return isConflict ? { ...read.image, laterality, view, flags: [...read.image.flags, "table-conflict"] } : read.image;
  }
  const mmPerPixel = image.mmPerPixel ?? options.sourceMmPerPixel;
  if (mmPerPixel === undefined) throw new DicomError("missing-attribute", "Expected mm per pixel to be given for a picture without DICOM header");
  const raster = await readRaster(bytes, options.limits);
  return standardize(viewOfRaster(raster, { laterality, view, mmPerPixel, sha256 }), options);
}
