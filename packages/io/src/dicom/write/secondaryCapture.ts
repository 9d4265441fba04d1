import { requireKnownKeys } from "@mammo/mammogram";
import { code } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { type Element, element } from "./element.ts";
import { examContext, instanceReference } from "./examContext.ts";
import { finish } from "./finish.ts";
import { examPage } from "./page/examPage.ts";
import type { ReportedExam, ReportedImage, ReportOptions } from "./reportedExam.ts";
import { reportOptionNames } from "./reportedExam.ts";

/**
 * One page that sums an exam up, as a Secondary Capture Image (PS3.3 A.8.1): true color, eight bits, in the study of its images.
 *
 * Burned In Annotation (0028,0301) speaks of what identifies a patient: NO where all images say NO, YES where one says YES, absent where one is silent.
 * The same arguments give the same bytes.
 * @throws what `mammographyCadSr` throws.
 */
export async function secondaryCapture(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): Promise<Uint8Array> {
  requireKnownKeys("secondaryCapture", options, reportOptionNames);
  const context = examContext(images, options);
  const sides = [...new Set(images.map(({ standard }) => standard.laterality))];
  const page = examPage(exam, images, options);
  return finish([
    ...context.elements,
    element(tags.ImageType, "CS", "DERIVED\\SECONDARY\\OTHER"),
    element(tags.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element(tags.ContentDate, "DA", context.date),
    element(tags.ContentTime, "TM", context.time),
    element(tags.Modality, "CS", "OT"),
    element(tags.ConversionType, "CS", "SYN"),
    element(tags.SeriesDescription, "LO", "Mammography CAD summary"),
    element(tags.SourceImageSequence, "SQ", context.references.map(instanceReference)),
    element(tags.SeriesNumber, "IS", 9002),
    element(tags.InstanceNumber, "IS", 1),
    element(tags.PatientOrientation, "CS", ""),
    element(tags.ImageLaterality, "CS", sides.length === 1 ? sides[0]! : "B"),
    element(tags.SamplesPerPixel, "US", 3),
    element(tags.PhotometricInterpretation, "CS", "RGB"),
    element(tags.PlanarConfiguration, "US", 0),
    element(tags.Rows, "US", page.rows),
    element(tags.Columns, "US", page.columns),
    element(tags.BitsAllocated, "US", 8),
    element(tags.BitsStored, "US", 8),
    element(tags.HighBit, "US", 7),
    element(tags.PixelRepresentation, "US", 0),
    ...burnedIn(images),
    element(tags.LossyImageCompression, "CS", "00"),
    element(tags.PixelData, "OB", page.pixels),
  ]);
}

function burnedIn(images: readonly ReportedImage[]): readonly Element[] {
  const stated = images.map(({ file }) => code(file.dataSet, tags.BurnedInAnnotation));
  if (stated.includes("YES")) return [element(tags.BurnedInAnnotation, "CS", "YES")];
  return stated.every((value) => value === "NO") ? [element(tags.BurnedInAnnotation, "CS", "NO")] : [];
}
