import type { ExamReport, FindingReport } from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import type { Examination } from "@mammo/models";

/** One view, read and looked at. */
export interface Look {
  /** Where the file is; goes no further, since names of files may be names of patients. */
  readonly path: string;
  /** SHA-256 of the file: says which image without saying whose. */
  readonly file: string;
  /** Study Instance UID: groups the views, and goes no further, since it names a person to whoever holds the archive. */
  readonly study: string;
  readonly image: StandardImage;
  readonly examination: Examination;
}

/** The report of `@mammo/ensemble` with each finding's place in the file that it was found in. */
export type PlacedReport = ExamReport & { readonly images: readonly ImageReport[] };

interface ImageReport {
  readonly file: string;
  readonly view: string;
  readonly flags: readonly string[];
  readonly findings: readonly (FindingReport & {
    /** Pixels of the stored image. */
    readonly sourceBox: StandardImage["breast"];
    readonly mm: { readonly height: number; readonly width: number; readonly fromChestWall: number; readonly fromNipple: number };
  })[];
}
