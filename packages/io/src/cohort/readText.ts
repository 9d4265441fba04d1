import { FilesError } from "@mammo/files";
import { readRegularFile } from "@mammo/files/node";
import { CohortError } from "./cohortError.ts";
import { textLimits } from "./textLimits.ts";

/**
 * The text of one of a cohort's files.
 *
 * @throws CohortError `missing-file` with the given text for a file that is not there or cannot be read, `unreadable-file` for one beyond the bytes of its kind.
 */
export async function readText(path: string, missing: string, kind: keyof typeof textLimits = "table"): Promise<string> {
  const maxBytes = textLimits[kind];
  const bytes = await readRegularFile(path, { maxBytes }).catch((cause: unknown) => {
    if (cause instanceof FilesError && cause.code === "too-large")
      throw new CohortError("unreadable-file", `${missing}, of at most ${maxBytes} bytes`, { cause });
    throw new CohortError("missing-file", missing, { cause });
  });
  return new TextDecoder().decode(bytes);
}
