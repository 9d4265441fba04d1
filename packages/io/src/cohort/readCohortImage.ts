import { readRegularFile } from "@mammo/files/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { DicomError } from "../dicom/dicomError.ts";
import type { MammoHeader } from "../dicom/header/mammoHeader.ts";
import { type ReadMammogramOptions, readMammogram, readMammogramOptionNames } from "../exam/readMammogram.ts";
import { readRaster } from "../image/raster/readRaster.ts";
import { viewOfRaster } from "../image/raster/viewOfRaster.ts";
import { type StandardImage, standardize } from "../image/standardize/standardize.ts";
import type { CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";

/** One image of a cohort, read: films and other rasters have no header. */
export interface CohortMammogram {
  readonly header?: MammoHeader;
  readonly image: StandardImage;
}

/**
 * One image of a cohort -> the standard image. Its breast and view are the cohort's, since its labels hang on them.
 *
 * @throws DicomError whose text does not name the file, `pixels-mismatch` where its size is not the cohort's; CohortError `missing-file` if it went away.
 */
export async function readCohortImage(image: CohortImage, options: ReadMammogramOptions = {}): Promise<StandardImage> {
  requireKnownKeys("readCohortImage", options, readMammogramOptionNames);
  return (await readCohortMammogram(image, options)).image;
}

/**
 * The same, and the header of a DICOM file.
 *
 * @throws DicomError and CohortError as `readCohortImage`.
 */
export async function readCohortMammogram(image: CohortImage, options: ReadMammogramOptions = {}): Promise<CohortMammogram> {
  requireKnownKeys("readCohortMammogram", options, readMammogramOptionNames);
  const bytes = await readRegularFile(image.path).catch((cause: unknown) => {
    throw new CohortError("missing-file", "Expected the file to be where the cohort says", { cause });
  });
  return decodeCohortFile(bytes, image, options);
}

/**
 * The bytes of a cohort's image -> the standard image.
 *
 * @throws DicomError that does not name the file.
 */
export async function standardizeCohortFile(bytes: Uint8Array, image: CohortImage, options: ReadMammogramOptions): Promise<StandardImage> {
  return (await decodeCohortFile(bytes, image, options)).image;
}

async function decodeCohortFile(bytes: Uint8Array, image: CohortImage, options: ReadMammogramOptions): Promise<CohortMammogram> {
  const { laterality, view, sha256 } = image;
  if (image.format === "dicom") {
    const read = await readMammogram(bytes, {
      laterality,
      view,
      sha256,
      ...(image.mmPerPixel ? { sourceMmPerPixel: image.mmPerPixel } : {}),
      ...options,
    });
    requireSize(image, read.header.pixel);
    const isConflict = read.image.laterality !== laterality || read.image.view !== view;
    const { header } = read;
    return { header, image: isConflict ? { ...read.image, laterality, view, flags: [...read.image.flags, "table-conflict"] } : read.image };
  }
  const mmPerPixel = image.mmPerPixel ?? options.sourceMmPerPixel;
  if (mmPerPixel === undefined) throw new DicomError("missing-attribute", "Expected mm per pixel to be given for an image without DICOM header");
  const raster = await readRaster(bytes, options.limits);
  requireSize(image, raster);
  const shape = { size: options.size, mmPerPixel: options.mmPerPixel, mask: options.mask };
  return { image: standardize(viewOfRaster(raster, { laterality, view, mmPerPixel, sha256 }), shape) };
}

function requireSize({ size }: CohortImage, { rows, columns }: { readonly rows: number; readonly columns: number }): void {
  if (size !== undefined && (rows !== size[0] || columns !== size[1]))
    throw new DicomError("pixels-mismatch", `Expected the cohort's size of ${size[0]} x ${size[1]} pixels, got ${rows} x ${columns}`);
}
