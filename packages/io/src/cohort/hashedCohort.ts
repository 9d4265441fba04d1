import { sha256 } from "@mammo/files/node";
import { hashFiles } from "../exam/hashFiles.ts";
import type { Cohort, CohortImage } from "./cohort.ts";

/**
 * A cohort whose images and tables are hashed. Its own hash is that of the lines "hash  name", sorted by name, as `sha256sum` prints them: the tables' names
 * and the images' ids, or what `nameOf` makes of them.
 */
export async function hashedCohort(
  cohort: Omit<Cohort, "sha256" | "images"> & {
    readonly tables: readonly { readonly name: string; readonly path: string }[];
    readonly images: readonly Omit<CohortImage, "sha256">[];
  },
  nameOf: (image: Omit<CohortImage, "sha256">) => string = ({ id }) => id,
): Promise<Cohort> {
  const { tables, images, ...rest } = cohort;
  const hashes = await hashFiles([...tables, ...images].map(({ path }) => path));
  const names = [...tables.map(({ name }) => name), ...images.map(nameOf)];
  const lines = names.map((name, at) => ({ name, line: `${hashes[at]}  ${name}\n` })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...rest,
    sha256: sha256(lines.map(({ line }) => line).join("")),
    images: images.map((image, at) => ({ ...image, sha256: hashes[tables.length + at]! })),
  };
}
