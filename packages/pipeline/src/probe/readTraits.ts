import type { Cohort } from "@mammo/io/node";
import { readRows } from "../evaluation/readRows.ts";
import { isMissing, tableError } from "../evaluation/rows.ts";
import { ownTraits } from "./examineForProbe.ts";

/** What a table says of images, by id, and its hash. */
export interface TraitTable {
  readonly traits: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly sha256: string;
}

/** More values than that are names or numbers, not classes. */
const mostValues = 50;

/**
 * A table of traits: a column `image` with the ids of a cohort's images, and one column a trait. Cells that say nothing are not asked; images without a row neither.
 *
 * @throws PipelineError `table`, which names the line and never what is in it: no column `image` or none beside it, an image twice, an id that the cohort does not have, a trait of
 * more than 50 values, a column called as what the probe asks of itself.
 */
export async function readTraits(path: string, cohort: Pick<Cohort, "images">): Promise<TraitTable> {
  const { columns, rows, sha256 } = await readRows(path, { called: "the table of traits" });
  const at = columns.indexOf("image");
  const names = columns.filter((_, column) => column !== at);
  if (at < 0 || names.length === 0) throw tableError("Expected a column image and at least one trait beside it in the table of traits");
  const own = ownTraits.find((name) => names.includes(name));
  if (own !== undefined)
    throw tableError(
      `Expected other names than those that the probe asks of itself in the table of traits, got a column ${own}; call it ${own} by table`,
    );
  const ids = new Set(cohort.images.map(({ id }) => id));
  const traits = new Map<string, Readonly<Record<string, string>>>();
  const values = new Map(names.map((name) => [name, new Set<string>()]));
  for (const { line, cells } of rows) {
    const id = cells[at]!;
    if (!ids.has(id)) throw tableError(`Expected an image of the cohort in line ${line} of the table of traits, got another`);
    if (traits.has(id)) throw tableError(`Expected each image once in the table of traits, got that of line ${line} twice`);
    const known = columns.flatMap((name, column) => (column === at || isMissing(cells[column]!) ? [] : [[name, cells[column]!] as const]));
    for (const [name, value] of known) values.get(name)!.add(value);
    traits.set(id, Object.fromEntries(known));
  }
  for (const { size } of values.values())
    if (size > mostValues) throw tableError(`Expected traits of at most ${mostValues} values in the table of traits, got one of ${size}`);
  return { traits, sha256 };
}
