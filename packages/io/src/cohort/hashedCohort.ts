import type { Cohort, CohortImage } from "./cohort.ts";
import { hashFiles, hashManifest } from "../exam/hashFiles.ts";

/** A cohort whose images and tables are hashed; the names in its manifest are the tables' names and the images' ids. */
export async function hashedCohort(
  cohort: Omit<Cohort, "sha256" | "images"> & {
    readonly tables: readonly { readonly name: string; readonly path: string }[];
    readonly images: readonly Omit<CohortImage, "sha256">[];
  },
): Promise<Cohort> {
  const { tables, images, ...rest } = cohort;
  const hashes = await hashFiles([...tables, ...images].map(({ path }) => path));
  const names = [...tables.map(({ name }) => name), ...images.map(({ id }) => id)];
  return {
    ...rest,
    sha256: hashManifest(names.map((name, at) => ({ name, sha256: hashes[at]! }))),
    images: images.map((image, at) => ({ ...image, sha256: hashes[tables.length + at]! })),
  };
}
