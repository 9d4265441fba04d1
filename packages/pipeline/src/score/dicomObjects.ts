import type { DicomFile } from "@mammo/io";
import { heatmapSegmentation, mammographyCadSr, presentationStates, type ReportOptions, secondaryCapture } from "@mammo/io/write";
import { requireKnownKeys } from "@mammo/mammogram";
import type { ScoredExam } from "./scoreExam.ts";

/** A DICOM file to be written, and a name for it that says nothing of the patient. */
export interface DicomObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * One scored exam as DICOM objects of its own study: the report (CAD SR), a page to look at (Secondary Capture), the boxes over each image (presentation states) and
 * its heatmap (Segmentation), named by their views: `report.dcm`, `boxes-L-CC.dcm`, `heatmap-R-MLO-2.dcm` of the second such image. `files` are those of the exam's images, in their order; the objects name
 * the patient as they do.
 *
 * @throws DicomError as `mammographyCadSr` of @mammo/io/write.
 */
export async function* dicomObjects({ report, views }: ScoredExam, files: readonly DicomFile[], options: ReportOptions): AsyncGenerator<DicomObject> {
  requireKnownKeys("dicomObjects", options, { at: true, algorithm: true, presentFrom: true, lookedFor: true, limits: true });
  const images = views.map(({ file: name, image: standard }, at) => ({ name, standard, file: files[at]! }));
  const names = viewNames(report.images.map(({ view }) => view));
  yield { name: "report.dcm", bytes: await mammographyCadSr(report, images, options) };
  yield { name: "summary.dcm", bytes: await secondaryCapture(report, images, options) };
  // A state for each image that has findings.
  const marked = names.filter((_, at) => report.images[at]!.findings.length > 0);
  for (const [at, bytes] of (await presentationStates(report, images, options)).entries()) yield { name: `boxes-${marked[at]}.dcm`, bytes };
  for (const [at, image] of images.entries()) {
    const { geometry, ...map } = views[at]!.malignancy;
    const heatmap = { ...map, stride: geometry.stride, first: geometry.offset };
    yield { name: `heatmap-${names[at]}.dcm`, bytes: await heatmapSegmentation(heatmap, image, options) };
  }
}

/** Views of an exam as names, a view that is there again with a number. */
const viewNames = (views: readonly string[]): readonly string[] =>
  views.map((view, at) => {
    const before = views.slice(0, at).filter((one) => one === view).length;
    return before === 0 ? view : `${view}-${before + 1}`;
  });
