import { readRegularFile } from "@mammo/files/node";
import { CohortError } from "./cohortError.ts";

/** More than any table or list of outlines has. */
const maxBytes = 2 ** 28;

/**
 * The text of one of a cohort's tables.
 *
 * @throws CohortError `missing-file` with the given text for a file that is not there or cannot be read.
 */
export async function readText(path: string, missing: string): Promise<string> {
  const bytes = await readRegularFile(path, { maxBytes }).catch((cause: unknown) => {
    throw new CohortError("missing-file", missing, { cause });
  });
  return new TextDecoder().decode(bytes);
}
