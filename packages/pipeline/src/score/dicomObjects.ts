import type { DicomFile } from "@mammo/io";
import { heatmapSegmentation, mammographyCadSr, presentationStates, type ReportOptions, secondaryCapture } from "@mammo/io/write";
import type { ScoredExam } from "./scoreExam.ts";

/** A DICOM file to be written, and a name for it that says nothing of the patient. */
export interface DicomObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * One scored exam as DICOM objects of its own study: the report (CAD SR), a page to look at (Secondary Capture), the boxes over each image (presentation states) and
 * its heatmap (Segmentation). `files` are those of the exam's images, in their order; the objects name the patient as they do.
 *
 * @throws DicomError as `mammographyCadSr` of @mammo/io/write.
 */
export async function* dicomObjects({ report, views }: ScoredExam, files: readonly DicomFile[], options: ReportOptions): AsyncGenerator<DicomObject> {
  const images = views.map(({ file: name, image: standard }, at) => ({ name, standard, file: files[at]! }));
  yield { name: "report.dcm", bytes: await mammographyCadSr(report, images, options) };
  yield { name: "summary.dcm", bytes: await secondaryCapture(report, images, options) };
  for (const [index, bytes] of (await presentationStates(report, images, options)).entries()) yield { name: `boxes-${index + 1}.dcm`, bytes };
  for (const [index, image] of images.entries()) {
    const { geometry, ...map } = views[index]!.malignancy;
    const heatmap = { ...map, stride: geometry.stride, first: geometry.offset };
    yield { name: `heatmap-${index + 1}.dcm`, bytes: await heatmapSegmentation(heatmap, image, options) };
  }
}
