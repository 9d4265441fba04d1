import type { DataSet } from "../parse/dataSet.ts";
import { text } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { safeName } from "./safeName.ts";

/**
 * What made the image, as far as it sets the look of images: maker, model and software, each passed through `safeName`.
 *
 * Serial number, detector and station identify a hospital's one machine and are left out (PS3.15 E.1 removes them).
 */
export interface Device {
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly software: string | undefined;
}

/** The maker, model and software of a data set. */
export const readDevice = (dataSet: DataSet): Device => ({
  manufacturer: safeName(text(dataSet, tags.Manufacturer)),
  model: safeName(text(dataSet, tags.ManufacturerModelName)),
  software: safeName(text(dataSet, tags.SoftwareVersions)),
});
