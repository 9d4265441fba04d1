import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cohort, readCbisCohort, readCohortImage, readDreamCohort } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import { dataFolder } from "@mammo/testing";

/** Writes `count` standard images to a file, float32 [images, rows, columns], half of them films where the data folder has some, else all phantoms; returns a sentence about them. */
export async function writeStandardImages(file: string, { folder, count }: { readonly folder: string; readonly count: number }): Promise<string> {
  const phantoms = join(folder, "cohort");
  for await (const _ of writeCohort({ folder: phantoms, women: Math.ceil(count / 4), seed: 1 }));
  const films = join(dataFolder() ?? "", "cbis-ddsm-mass");
  const real = existsSync(films) ? await standardImages(await readCbisCohort(films), count >> 1) : [];
  const made = await standardImages(await readDreamCohort(phantoms), count - real.length);
  const pixels = [...made, ...real].map((image) => Float32Array.from(image));
  writeFileSync(file, Buffer.concat(pixels.map(({ buffer }) => new Uint8Array(buffer))));
  const canvas = pixels.reduce((sum, image) => sum + image.filter((value) => value === 0).length / image.length, 0) / pixels.length;
  return `Standard images: ${made.length} of phantoms and ${real.length} of films (cbis-ddsm-mass), ${(100 * canvas).toFixed(0)} % of their pixels empty.`;
}

async function standardImages({ images }: Cohort, count: number): Promise<readonly ArrayLike<number>[]> {
  // From all over the cohort: neighbors are the views of one woman.
  const chosen = images.filter((_, index) => index % Math.max(1, Math.floor(images.length / count)) === 0).slice(0, count);
  return Promise.all(chosen.map(async (image) => (await readCohortImage(image)).pixels));
}
