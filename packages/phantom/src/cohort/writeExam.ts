import { access } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@mammo/files/node";
import { keyHash } from "@mammo/mammogram";
import { encodeDicom } from "../dicom/mammogram.ts";
import { renderView, type ViewSpec, viewTruth } from "../render/renderView.ts";
import type { ExamSpec } from "./plan.ts";
import type { ImageRow } from "./tables.ts";

/** Changes when the same spec gives other pixels, so that files of an older version are not taken for those of this one. */
const version = 1;

/**
 * Name of an image's file: it follows from all that its pixels follow from, tells nothing, and has no order.
 */
export function fileNameOf(spec: ViewSpec): string {
  // Names stay what they were in the cohorts that exist: in those, the key was spelled so.
  const content = JSON.stringify(spec).replaceAll('"center":', '"centre":');
  return `${[0, 1].map((word) => keyHash(word, version, content).toString(16).padStart(8, "0")).join("")}.dcm`;
}

/**
 * Writes the images of one exam as DICOM files into a folder that exists; those that are there already, and complete by their
 * atomic writing, are left as they are.
 *
 * @returns one row an image, for the table of annotations
 */
export async function writeExam(exam: ExamSpec, folder: string): Promise<ImageRow[]> {
  const rows: ImageRow[] = [];
  for (const spec of exam.images) {
    const filename = fileNameOf(spec);
    const path = join(folder, filename);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    const { lesions } = there ? viewTruth(spec) : await writeView(spec, path);
    rows.push({ filename, lesions: lesions.map(({ kind, malignant, box }) => ({ kind, malignant, box })) });
  }
  return rows;
}

async function writeView(spec: ViewSpec, path: string) {
  const image = renderView(spec);
  await writeFileAtomically(path, encodeDicom(image));
  return image;
}
