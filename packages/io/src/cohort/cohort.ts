import type { Box, Laterality, LesionKind, ViewPosition } from "@mammo/mammogram";

/** One lesion in one image; the box in source pixels. */
export interface Annotation {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  readonly box: Box;
  /** What else the cohort says of the lesion, by column, as written. */
  readonly description?: Readonly<Record<string, string>>;
}

/** One image of a cohort: what is known of it before its file is opened. */
export interface CohortImage {
  readonly id: string;
  /** Whose it is, as the cohort names her: what must never be split between sets. */
  readonly patientId: string;
  /** The `id` of its exam. */
  readonly exam: string;
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly path: string;
  readonly format: "dicom" | "png" | "pgm" | "jpeg" | "tiff";
  /** Of the breast in this exam; undefined where masked or unknown. */
  readonly cancer?: 0 | 1;
  /** Present (perhaps empty) where the cohort marks lesions. */
  readonly lesions?: readonly Annotation[];
  /** Of the file, where the cohort states it, since its boxes hang on it: a file of another size is refused. */
  readonly size?: readonly [rows: number, columns: number];
  /** For files that do not state it themselves. */
  readonly mmPerPixel?: readonly [row: number, column: number];
  readonly sha256: string;
}

/** One visit of a patient: both breasts, with their labels. */
export interface CohortExam {
  readonly id: string;
  readonly patientId: string;
  /** Counts the exams of a woman from the oldest on. */
  readonly examIndex: number;
  readonly daysSincePreviousExam?: number;
  /** By breast; absent where not imaged, masked or unknown. */
  readonly cancer: Readonly<Partial<Record<Laterality, 0 | 1>>>;
  readonly invasive: Readonly<Partial<Record<Laterality, 0 | 1>>>;
  /** The other columns of the exam's row, as written. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A data set with labels: what is known of it before its images are opened, and the hash of all its files. */
export interface Cohort {
  readonly name: string;
  readonly root: string;
  /** Of the manifest: one line of hash and name for each file, sorted by name. */
  readonly sha256: string;
  readonly images: readonly CohortImage[];
  readonly exams: readonly CohortExam[];
}
