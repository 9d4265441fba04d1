import { parseDelimited } from "@mammo/files";
import { readRegularFile, sha256 } from "@mammo/files/node";
import { UsageError } from "./program.ts";

/** A table with a head: SHA-256 (the first 16 digits) of a woman's name, and her fold. */
export async function readFolds(path: string): Promise<(patientId: string) => number | undefined> {
  const { columns, rows } = parseDelimited(new TextDecoder().decode(await readRegularFile(path)), { separator: "\t" });
  if (columns.join() !== "sha256,fold") throw new UsageError(`Expected the columns sha256 and fold in ${path}`);
  const folds = new Map(rows.map(({ cells }) => [cells[0]!, Number(cells[1])]));
  return (patientId) => folds.get(sha256(patientId).slice(0, 16));
}
