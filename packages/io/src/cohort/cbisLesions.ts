import { join } from "node:path";
import { readRegularFile } from "@mammo/files/node";
import { DicomError } from "../dicom/dicomError.ts";
import type { Annotation } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { filesBelow } from "./filesBelow.ts";
import { isFile } from "./isFile.ts";
import type { CbisCase } from "./parseCbisCases.ts";
import { type MaskBox, readMaskBox } from "./readMaskBox.ts";

/** What the masks of one film say: its size and the lesions drawn in it. */
export interface CbisLesions {
  readonly size: readonly [rows: number, columns: number];
  readonly lesions: readonly Annotation[];
}

interface Drawn extends CbisLesions {
  readonly lesions: Annotation[];
}

/**
 * The masks of all cases -> lesions by film. A case's mask is the largest image among the `.dcm` files in the folder that its `ROI mask file path` begins with (the cut-out lies there too, and the tables name the two the wrong way round in places), or that first part with `.png` or `.dcm`.
 *
 * @throws CohortError `missing-file` or `invalid-value`, naming file and row.
 */
export async function cbisLesions(cases: readonly CbisCase[], folder: string): Promise<ReadonlyMap<string, CbisLesions>> {
  const films = new Map<string, Drawn>();
  // Many rows may name one folder: what lies in it is read once.
  const masks = new Map<string, MaskBox>();
  for (const row of cases) {
    const place = `${row.file} row ${row.line}`;
    const first = row.mask?.slice(0, row.mask.indexOf("/"));
    const mask = masks.get(first ?? "") ?? (await maskOf(first, { folder, place }));
    if (first !== undefined) masks.set(first, mask);
    const { size, box } = mask;
    const before = films.get(row.film);
    if (before !== undefined && before.size.join() !== size.join())
      throw new CohortError("invalid-value", `${place}: expected masks of one size for all abnormalities of a film`);
    const lesion: Annotation = { kind: row.kind, malignant: row.isMalignant, box };
    if (before === undefined) films.set(row.film, { size, lesions: [lesion] });
    else before.lesions.push(lesion);
  }
  return films;
}

async function maskOf(first: string | undefined, { folder, place }: { readonly folder: string; readonly place: string }): Promise<MaskBox> {
  const masks: MaskBox[] = [];
  for (const path of await candidates(first, folder)) {
    const mask = await readMaskBox(await readRegularFile(path)).catch((cause: unknown) => {
      if (cause instanceof DicomError)
        throw new CohortError("invalid-value", `${place}: expected a mask that can be read; ${cause.message}`, { cause });
      throw cause;
    });
    if (mask !== undefined) masks.push(mask);
  }
  const area = ({ size }: MaskBox): number => size[0] * size[1];
  if (masks.length === 0)
    throw new CohortError("missing-file", `${place}: expected the mask of its "ROI mask file path" in the masks' folder, with something drawn in it`);
  return masks.reduce((largest, mask) => (area(mask) > area(largest) ? mask : largest));
}

async function candidates(first: string | undefined, folder: string): Promise<readonly string[]> {
  if (first === undefined) return [];
  const inside = (await filesBelow(join(folder, first))).filter((name) => name.endsWith(".dcm"));
  if (inside.length > 0) return inside.map((name) => join(folder, first, name));
  for (const path of [`${first}.png`, `${first}.dcm`].map((name) => join(folder, name))) if (await isFile(path)) return [path];
  return [];
}
