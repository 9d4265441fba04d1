import type { CohortImage } from "./cohort.ts";

const formats: Readonly<Record<string, CohortImage["format"]>> = {
  dcm: "dicom",
  dicom: "dicom",
  png: "png",
  pgm: "pgm",
  jpg: "jpeg",
  jpeg: "jpeg",
  tif: "tiff",
  tiff: "tiff",
};

/** What a file's name says of its kind; a name without an ending is DICOM's. Undefined for any other ending. */
export function imageFormat(name: string): CohortImage["format"] | undefined {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return "dicom";
  return Object.hasOwn(formats, ending) ? formats[ending] : undefined;
}
