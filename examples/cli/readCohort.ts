import { type Cohort, type CohortLayout, cohortReaders, readTableCohort } from "@mammo/io/node";
import { type Option, UsageError } from "./program.ts";

/** The option of every program that reads a cohort. */
export const imagesOption = {
  kind: "text",
  help: "with --cohort table: the folder that its paths lie in (default the table's own)",
} as const satisfies Option;

/** What --help of these programs says of the table; examples/README.md says more. */
export const tableColumns = `columns of --cohort table (.csv, or .tsv), a row an image:
  path            of the file, below the table's folder or --images
  woman, patient  who must never be split between training and test; one of the two names
  laterality      L, R, LEFT, RIGHT
  view            CC, MLO, or another of the challenge's sixteen codes
  exam            optional: any name; the exams of a woman in order of time
  cancer          optional: 0, 1, empty where unknown; one value a breast and exam
  mm_per_pixel    optional: of files that do not say it; two numbers, down and across, undo a stretch
  boxes           optional: kind malignant top left bottom right in pixels of the file, the next after ;`;

/** The cohort in this layout at this path. */
export async function readCohort(layout: CohortLayout, path: string, { images }: { readonly images: string | undefined }): Promise<Cohort> {
  if (layout === "table") return readTableCohort(path, images === undefined ? {} : { images });
  if (images !== undefined) throw new UsageError(`Expected --images with --cohort table alone, got it with ${layout}`);
  return cohortReaders[layout](path);
}
