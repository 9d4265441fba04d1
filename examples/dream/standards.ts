// The cohort as the graphs see it: each image standardized once, kept as 16-bit files that any later batch reads back.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Affine2d, type Box, type Laterality, standardizationVersion, type ViewPosition } from "@mammo/io";
import type { CohortImage, LesionKind } from "@mammo/io/node";
import { json, readJson, sha256, writeWhole } from "../shared/files.ts";
import { pool } from "../shared/pool.ts";
import type { Progress } from "../shared/progress.ts";

export interface Lesion {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  /** Pixels of the standardized image. */
  readonly box: Box;
}

/** One standardized view on disk. */
export interface StandardView {
  readonly id: string;
  readonly woman: string;
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly cancer: 0 | 1 | undefined;
  readonly lesions: readonly Lesion[];
  readonly rows: number;
  readonly columns: number;
  /** The smallest box around the breast. */
  readonly breast: Box;
  readonly mmPerPixel: number;
  readonly toSource: Affine2d;
  readonly standardization: string;
  /** Little-endian uint16, row-major, 65535 = 1. */
  readonly file: string;
}

/** What the worker needs and what it answers. */
export interface StandardJob {
  readonly image: CohortImage;
  readonly file: string;
}
export type StandardResult = Pick<StandardView, "rows" | "columns" | "breast" | "mmPerPixel" | "toSource" | "standardization" | "lesions">;

/** Standardizes what is not yet on disk, on all cores, and returns the views in the cohort's order. */
export async function standardizeImages(
  images: readonly CohortImage[],
  folder: string,
  report: (total: number) => Progress,
): Promise<StandardView[]> {
  const place = (image: CohortImage) => join(folder, sha256(JSON.stringify([standardizationVersion, image])).slice(0, 24));
  const done = new Map<string, StandardResult>();
  const jobs: StandardJob[] = [];
  for (const image of images) {
    const kept = await readJson<StandardResult>(`${place(image)}.json`);
    if (kept && (await isWhole(`${place(image)}.u16`, kept))) done.set(image.id, kept);
    else jobs.push({ image, file: `${place(image)}.u16` });
  }
  const progress = report(images.length);
  for await (const { job, result } of pool<StandardJob, StandardResult>(new URL("./standardWorker.ts", import.meta.url), jobs)) {
    await writeWhole(`${place(job.image)}.json`, json(result), { lasting: false });
    done.set(job.image.id, result);
    progress.update(done.size);
  }
  progress.end(`${images.length} images${jobs.length < images.length ? `, ${images.length - jobs.length} of them kept from before` : ""}`);
  return images.map((image) => ({
    id: image.id,
    woman: image.woman,
    laterality: image.laterality,
    view: image.view,
    cancer: image.cancer,
    file: `${place(image)}.u16`,
    ...done.get(image.id)!,
  }));
}

const isWhole = async (file: string, { rows, columns }: StandardResult): Promise<boolean> =>
  (await stat(file).catch(() => undefined))?.size === 2 * rows * columns;

/** The stored values of a view: [rows * columns] uint16. */
export async function loadPixels({ file, rows, columns }: StandardView): Promise<Uint16Array> {
  const bytes = await readFile(file);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, rows * columns);
}
