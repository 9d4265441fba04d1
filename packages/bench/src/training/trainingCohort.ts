import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { phantomCohort, type StoredView, storeImages } from "@mammo/pipeline/node";

/** Enough lesions of all kinds in few women. */
const plan = { cancerShare: 0.45, benignShare: 0.45, kinds: { mass: 30, calcification: 30, distortion: 15, asymmetry: 25 }, seed: 1 } as const;

/** The labeled views of so many phantom women, standardized in a folder; made where it lacks them. */
export async function trainingViews(folder: string, women: number): Promise<readonly StoredView[]> {
  const cohort = await last(phantomCohort(join(folder, "cohort"), { ...plan, women }));
  const images = cohort.images.filter(({ cancer }) => cancer !== undefined);
  return last(storeImages({ ...cohort, images }, { folder: join(folder, "shards") }));
}

/** The same views for another program: `pixels.bin`, 16-bit values of one view behind the other, and `views.json`, what else is known of each. */
export async function writeRawViews(folder: string, views: readonly StoredView[]): Promise<void> {
  const read = await Promise.all(views.map((view) => view.read()));
  writeFileSync(
    join(folder, "pixels.bin"),
    Buffer.concat(read.map(({ pixels: { buffer, byteOffset, byteLength } }) => Buffer.from(buffer, byteOffset, byteLength))),
  );
  const known = views.map(({ patientId, laterality, view, cancer, rows, columns, lesions }, at) => {
    const { breast, nipple, mmPerPixel } = read[at]!;
    return { patientId, laterality, view, cancer, rows, columns, lesions, breast, nipple, mmPerPixel };
  });
  writeFileSync(join(folder, "views.json"), JSON.stringify(known));
}

async function last<T>(work: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = await work.next();
    if (done) return value as T;
  }
}
