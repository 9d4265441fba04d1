import { type LesionKind, lesionKinds } from "@mammo/mammogram";
import type { Annotation } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { parseTsv } from "./parseTsv.ts";

/** The lesions of one image, and the line of the first. */
export interface DreamAnnotations {
  readonly found: Annotation[];
  readonly line: number;
}

/** The text of `annotations.tsv` (ours: one row a lesion, boxes in the file's pixels) -> lesions by file name. */
export function parseDreamAnnotations(text: string, file: string): ReadonlyMap<string, DreamAnnotations> {
  const byFile = new Map<string, DreamAnnotations>();
  for (const row of parseTsv(text, { file, required: ["filename", "kind", "malignant", "top", "left", "bottom", "right"] })) {
    const at = `${file} row ${row.line}`;
    const { filename, kind, malignant } = row.cells as Record<string, string>;
    const [top, left, bottom, right] = ["top", "left", "bottom", "right"].map((name) => Number(row.cells[name] || Number.NaN)) as [
      number,
      number,
      number,
      number,
    ];
    if (!(lesionKinds as readonly string[]).includes(kind!))
      throw new CohortError("invalid-value", `${at}: expected kind to be one of ${lesionKinds.join(", ")}`);
    if (malignant !== "0" && malignant !== "1") throw new CohortError("invalid-value", `${at}: expected malignant to be 0 or 1`);
    if (!(top < bottom) || !(left < right)) throw new CohortError("invalid-value", `${at}: expected numbers top < bottom and left < right`);
    const annotation: Annotation = { kind: kind as LesionKind, malignant: malignant === "1", box: { top, left, bottom, right } };
    const before = byFile.get(filename!);
    if (before === undefined) byFile.set(filename!, { found: [annotation], line: row.line });
    else before.found.push(annotation);
  }
  return byFile;
}
