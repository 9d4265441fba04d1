import { dirname, join, parse } from "node:path";
import { formatDelimited } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import type { UnreadableFile } from "@mammo/pipeline/node";

/** Files that were not read, as reports name them: by their content, never by their name. */
export const namedByContent = (files: readonly UnreadableFile[]) =>
  files.map(({ sha256, error: { code, message } }) => ({ file: sha256, code, reason: message }));

/**
 * Tells of files that were not read: on stderr by their content, and in NAME.not-read.tsv beside the results NAME.json by the names that the user gave them. That file may name
 * patients and stays with the user.
 */
export async function tellNotRead(files: readonly UnreadableFile[], out: string | undefined): Promise<void> {
  if (files.length === 0) return;
  const rows = files.map(({ path, sha256, error: { code, message } }) => [path, sha256, code, message]);
  for (const { code, reason } of namedByContent(files)) process.stderr.write(`not read: [${code}] ${reason}\n`);
  if (out !== undefined)
    await writeFileAtomically(
      join(dirname(out), `${parse(out).name}.not-read.tsv`),
      formatDelimited([["file", "sha256", "code", "reason"], ...rows], { separator: "\t" }),
    );
  const where = out === undefined ? "--out also names them, in a table beside it" : "their names are in the table .not-read.tsv beside --out";
  process.stderr.write(`error [unreadable]: Expected to read all files, got ${files.length} that cannot be read and are in no score; ${where}\n`);
  process.exitCode = 1;
}
