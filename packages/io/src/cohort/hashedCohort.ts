import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { FilesError } from "@mammo/files";
import { sha256 } from "@mammo/files/node";
import { hashFiles } from "../exam/hashFiles.ts";
import type { Cohort, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";

/**
 * A cohort whose images and tables are hashed. Its own hash is that of the lines "hash  name", sorted by name, as `sha256sum` prints them: the tables' names
 * and the images' ids, or what `nameOf` makes of them.
 */
export async function hashedCohort(
  cohort: Omit<Cohort, "sha256" | "images"> & {
    readonly tables: readonly { readonly name: string; readonly path: string }[];
    readonly images: readonly Omit<CohortImage, "sha256">[];
    /** The folder that the images lie below; `root` by default. */
    readonly imagesRoot?: string;
  },
  nameOf: (image: Omit<CohortImage, "sha256">) => string = ({ id }) => id,
): Promise<Cohort> {
  const { tables, images, imagesRoot = cohort.root, ...rest } = cohort;
  await requireBelow(imagesRoot, images);
  const hashes = await hashFiles([...tables, ...images].map(({ path }) => path)).catch((cause: unknown) => {
    if (!(cause instanceof FilesError)) throw cause;
    throw new CohortError("unreadable-file", `Expected the cohort's files to be regular ones that can be read: ${cause.message}`, { cause });
  });
  const names = [...tables.map(({ name }) => name), ...images.map(nameOf)];
  const lines = names.map((name, at) => ({ name, line: `${hashes[at]}  ${name}\n` })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...rest,
    sha256: sha256(lines.map(({ line }) => line).join("")),
    images: images.map((image, at) => ({ ...image, sha256: hashes[tables.length + at]! })),
  };
}

/**
 * A name in a table, or a link beside it, must not lead to a file elsewhere. Content that git-annex or datalad keep in the repository of the folder counts as lying in it.
 *
 * @throws CohortError `unreadable-file`, which counts them.
 */
async function requireBelow(folder: string, images: readonly { readonly path: string }[]): Promise<void> {
  const root = await realpath(folder).catch(() => folder);
  const allowed = [root];
  for (let at = root; ; at = dirname(at)) {
    allowed.push(join(at, ".git", "annex", "objects"));
    if (dirname(at) === at) break;
  }
  let outside = 0;
  for (const { path } of images) {
    const real = await realpath(path).catch(() => path);
    if (!allowed.some((one) => real.startsWith(one.endsWith(sep) ? one : one + sep))) outside++;
  }
  if (outside > 0)
    throw new CohortError("unreadable-file", `Expected the cohort's images to lie below its folder, got ${outside} of ${images.length} elsewhere`);
}
