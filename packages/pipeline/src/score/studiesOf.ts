import type { DicomFile } from "@mammo/io";
import type { Bundle } from "../bundle/bundle.ts";
import { groupBy } from "../groupBy.ts";
import { reportOf, reportParts } from "./placedReport.ts";
import type { ReadExam } from "./readExams.ts";
import type { ScoredExam } from "./scoreExam.ts";

/** What one study of an exam shows, as `dicomObjects` takes it. */
export interface ScoredStudy {
  readonly scored: ScoredExam;
  /** Of its images, in their order. */
  readonly files: readonly DicomFile[];
}

/**
 * A scored exam by the studies that its files name: an archive files by study, and a DICOM report speaks of the images of one. Nearly always that is the exam itself; films may each be a study of their own, and the
 * report of each then says what its images show by themselves, no lesion paired across studies.
 *
 * @example for (const { scored, files } of studiesOf(await scoreExam(exam, bundle), exam, bundle)) for await (const object of dicomObjects(scored, files, options)) await send(object);
 */
export function studiesOf(
  exam: ScoredExam,
  { files, sources }: Pick<ReadExam, "files" | "sources">,
  bundle: Pick<Bundle, "scale" | "pairModel" | "findingCalibrator">,
): readonly ScoredStudy[] {
  const studies = [...groupBy([...sources.keys()], (at) => sources[at]!.header.studyInstanceUid ?? "").values()];
  if (studies.length === 1) return [{ scored: exam, files }];
  return studies.map((places) => {
    const views = places.map((at) => exam.views[at]!);
    const report = reportOf(exam.report.study, views, reportParts(bundle));
    return { scored: { report: { ...report, leftOut: [], missing: [] }, views }, files: places.map((at) => files[at]!) };
  });
}
