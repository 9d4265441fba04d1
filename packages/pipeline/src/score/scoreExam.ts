import type { StandardImage } from "@mammo/io";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Bundle } from "../bundle/bundle.ts";
import { examineTogether, type MemberRunnerOptions, type OpenMembers, openMembers } from "./examineExams.ts";
import { type ExaminedView, type PlacedReport, reportOf, reportParts } from "./placedReport.ts";

/** The images of one exam; what `readExam` of @mammo/io gives is one. */
export interface ExamImages {
  readonly images: readonly StandardImage[];
  /** What was not read, by number or name, and by which rule. */
  readonly leftOut?: readonly { readonly image: number | string; readonly rule: string }[];
  readonly missing?: readonly { readonly laterality: Laterality; readonly position: ViewPosition }[];
  /** The report's name for it. Default "exam". */
  readonly study?: string;
}

/** A report, and the views that it speaks of. */
export interface ScoredExam {
  readonly report: PlacedReport;
  readonly views: readonly ExaminedView[];
}

/**
 * The images of an exam -> 1-10 scores of its findings, lesions, breasts and of the exam, with each finding's place in its file.
 *
 * Each view's logit is the mean of the members' within each family, then over the families; the bundle's calibrator makes it a probability, and the peaks of the mean heatmap with the boxes of the lesion nets explain it. A backend
 * must be chosen before. Memory holds one member at a time.
 *
 * @throws PipelineError `no-weights` where the bundle is not whole, `uncalibrated` where its calibrator is level: all exams would get 10; RangeError for no image, and for images of a size that the members do not take.
 * @example const { report } = await scoreExam(await readExam(files), await loadBundle("bundle"));
 */
export async function scoreExam(exam: ExamImages | readonly StandardImage[], bundle: Bundle, running: MemberRunnerOptions = {}): Promise<ScoredExam> {
  requireKnownKeys("scoreExam", running, { runners: true, onTrial: true });
  const members = openMembers(bundle, running);
  try {
    const [scored] = await scoreExams(["images" in exam ? exam : { images: exam }], members);
    return scored!;
  } finally {
    await members.dispose();
  }
}

/** Several exams, each member loaded once for all of them. */
export async function scoreExams(exams: readonly ExamImages[], members: OpenMembers): Promise<ScoredExam[]> {
  const examinations = await examineTogether(
    exams.map(({ images }) => images),
    members,
  );
  return exams.map(({ images, leftOut = [], missing = [], study = "exam" }, at) => {
    const views = images.map((image, view) => ({ file: image.source.sha256 ?? `image ${view + 1}`, image, ...examinations[at]![view]! }));
    const report = {
      ...reportOf(study, views, reportParts(members.bundle)),
      leftOut: leftOut.map(({ image, rule }) => ({ file: typeof image === "number" ? `image ${image}` : image, rule })),
      missing: missing.map(({ laterality, position }) => `${laterality}-${position}`),
    };
    return { report, views };
  });
}
