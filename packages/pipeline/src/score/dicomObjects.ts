import { parseDicom } from "@mammo/io";
import type { ExamImage } from "@mammo/io/node";
import { heatmapSegmentation, mammographyCadSr, presentationStates, type ReportOptions, secondaryCapture } from "@mammo/io/write";
import { readDicomBytes } from "./namedFile.ts";
import type { ScoredExam } from "./scoreExam.ts";

/** A DICOM file to be written, and a name for it that says nothing of the patient. */
export interface DicomObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * One scored exam as DICOM objects of its own study: the report (CAD SR), a page to look at (Secondary Capture), the boxes over each image (presentation states) and
 * its heatmap (Segmentation).
 *
 * The objects name the patient as the images do. The source files, in the order of the exam's images, are read again, since scoring keeps only the standard images.
 * @throws DicomError as `mammographyCadSr` of @mammo/io/write.
 */
export async function* dicomObjects(
  { report, views }: ScoredExam,
  files: readonly Pick<ExamImage, "path">[],
  options: ReportOptions,
): AsyncGenerator<DicomObject> {
  const images = [];
  for (const [at, { file: name, image: standard }] of views.entries())
    images.push({ name, standard, file: await parseDicom(await readDicomBytes(files[at]!.path)) });
  yield { name: "report.dcm", bytes: await mammographyCadSr(report, images, options) };
  yield { name: "summary.dcm", bytes: await secondaryCapture(report, images, options) };
  for (const [index, bytes] of (await presentationStates(report, images, options)).entries()) yield { name: `boxes-${index + 1}.dcm`, bytes };
  for (const [index, image] of images.entries())
    yield { name: `heatmap-${index + 1}.dcm`, bytes: await heatmapSegmentation(views[index]!.malignancy, image, options) };
}
