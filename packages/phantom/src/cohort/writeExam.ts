import { access } from "node:fs/promises";
import { join } from "node:path";
import { encodeDicom } from "../dicom/mammogram.ts";
import { hash } from "../random.ts";
import { renderView, type ViewSpec, viewTruth } from "../render/renderView.ts";
import type { ExamSpec } from "./plan.ts";
import type { ImageRow } from "./tables.ts";
import { writeAtomically } from "./writeAtomically.ts";

/** Changes when the same spec gives other pixels, so that files of an older version are not taken for those of this one. */
const look = 1;

/**
 * Name of a picture's file: it follows from all that its pixels follow from, tells nothing, and has no order.
 */
export function fileNameOf(spec: ViewSpec): string {
  const content = JSON.stringify(spec);
  return `${[0, 1].map((word) => hash(word, look, content).toString(16).padStart(8, "0")).join("")}.dcm`;
}

/**
 * Writes the pictures of one exam as DICOM files into a folder that exists; those that are there already, and complete by their
 * atomic writing, are left as they are.
 *
 * @returns one row a picture, for the table of annotations
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
  await writeAtomically(path, encodeDicom(image));
  return image;
}
