import type { ExamReport, FindingReport } from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import type { Examination } from "@mammo/models";

/** One view, read and looked at. */
export interface Look {
  /** Where the file is; goes no further, since names of files may be names of patients. */
  readonly path: string;
  /** SHA-256 of the file: says which image without saying whose. */
  readonly file: string;
  readonly image: StandardImage;
  readonly examination: Examination;
}

/** The report of `@mammo/ensemble` with each finding's place in the file that it was found in. */
export type PlacedReport = ExamReport & {
  readonly images: readonly ImageReport[];
  /** Images that were not looked at, and the rule that another one is preferred by. */
  readonly leftOut: readonly { readonly file: string; readonly rule: string }[];
  /** Views that a screening exam has and this one does not, such as R-CC. */
  readonly missing: readonly string[];
};

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
