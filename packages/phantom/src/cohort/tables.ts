import type { LesionTruth } from "../render/renderView.ts";
import type { ExamSpec } from "./plan.ts";

/** What the tables say of one image. */
export interface ImageRow {
  /** As in the table: a path relative to `images/`. */
  readonly filename: string;
  readonly lesions: readonly Pick<LesionTruth, "kind" | "malignant" | "box">[];
}

/** Name of a woman in the tables. */
const subjectId = (woman: number) => String(woman);

/** `images_crosswalk.tsv` of the challenge. */
export function crosswalkTable(exams: readonly ExamSpec[], nameOf: (exam: ExamSpec, image: number) => string): string {
  const rows = exams.flatMap((exam) =>
    exam.images.map(({ image, view, laterality }) => [
      subjectId(exam.woman),
      exam.exam,
      image,
      view,
      laterality,
      nameOf(exam, image),
      exam.cancer[laterality] ?? ".",
    ]),
  );
  return table(["subjectId", "examIndex", "imageIndex", "view", "laterality", "filename", "cancer"], rows);
}

/** `exams_metadata.tsv` of the challenge; `.` where nothing is known. */
export function metadataTable(exams: readonly ExamSpec[]): string {
  const columns = {
    subjectId: (e: ExamSpec) => subjectId(e.woman),
    examIndex: (e: ExamSpec) => e.exam,
    daysSincePreviousExam: (e: ExamSpec) => e.daysSincePreviousExam,
    cancerL: (e: ExamSpec) => e.cancer.L ?? ".",
    cancerR: (e: ExamSpec) => e.cancer.R ?? ".",
    invL: (e: ExamSpec) => e.invasive.L ?? ".",
    invR: (e: ExamSpec) => e.invasive.R ?? ".",
    age: (e: ExamSpec) => e.age,
    implantEver: () => 0,
    implantNow: () => 0,
    bcHistory: () => 0,
    yearsSincePreviousBc: () => ".",
    previousBcLaterality: () => ".",
    reduxHistory: () => 0,
    reduxLaterality: () => ".",
    hrt: () => ".",
    antiestrogen: () => ".",
    firstDegreeWithBc: (e: ExamSpec) => e.firstDegreeWithBc,
    firstDegreeWithBc50: () => ".",
    bmi: (e: ExamSpec) => e.bmi,
    race: () => ".",
  };
  return table(
    Object.keys(columns),
    exams.map((exam) => Object.values(columns).map((cell) => cell(exam))),
  );
}

/** `annotations.tsv`, our extension: one row a lesion and image; half-open boxes in stored pixels. */
export function annotationsTable(images: readonly ImageRow[]): string {
  const rows = images.flatMap(({ filename, lesions }) =>
    lesions.map(({ kind, malignant, box }) => [filename, kind, malignant ? 1 : 0, box.top, box.left, box.bottom, box.right]),
  );
  return table(["filename", "kind", "malignant", "top", "left", "bottom", "right"], rows);
}

function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `${[columns, ...rows].map((row) => row.join("\t")).join("\n")}\n`;
}
