import { type Rows, tableError } from "./rows.ts";

/** The columns that name a case, in the challenge's words. */
export const keyColumns = ["subjectId", "examIndex", "laterality", "imageIndex"] as const;

/** Other tables' words for them, in lower case, without blanks, lines and points between. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  subjectId: ["subjectid", "subject", "patientid", "patient"],
  examIndex: ["examindex"],
  laterality: ["laterality", "side"],
  imageIndex: ["imageindex"],
};

/**
 * A table whose key columns have the challenge's names: those that the caller renames (`patient=subjectId`), and other usual spellings, which are told.
 * A column that the caller asks for by its own name keeps it.
 */
export function nameColumns(table: Rows, rename: readonly (readonly [from: string, to: string])[], asked: ReadonlySet<string>): Rows {
  const columns = [...table.columns];
  for (const [from, to] of rename) {
    const at = table.columns.indexOf(from);
    if (at < 0) continue;
    if (table.columns.includes(to)) throw tableError(`Expected ${table.file} to have no column ${to} beside ${from}, which is to be renamed to it`);
    columns[at] = to;
  }
  const notes: string[] = [];
  for (const name of keyColumns) {
    if (columns.includes(name)) continue;
    const like = columns.filter((column) => spellings[name]!.includes(column.toLowerCase().replace(/[ _.-]/g, "")) && !asked.has(column));
    if (like.length > 1)
      throw tableError(`Expected one column of ${table.file} to be ${name}, got ${like.length} that may be: choose it by --rename COLUMN=${name}`);
    if (like.length === 0) continue;
    // By number: a head may hold what a cell may.
    const at = columns.indexOf(like[0]!);
    columns[at] = name;
    notes.push(`column ${at + 1} of ${table.file} is taken as ${name}`);
  }
  return { ...table, columns, notes: [...(table.notes ?? []), ...notes] };
}

/** `patient=subjectId,side=laterality` as pairs. */
export function parseRename(text: string | undefined, tables: readonly Rows[]): readonly (readonly [from: string, to: string])[] {
  if (text === undefined) return [];
  return text.split(",").map((pair) => {
    const [from, to, ...rest] = pair.split("=");
    if (!from || !to || rest.length > 0) throw tableError(`Expected --rename as OLD=NEW,OLD=NEW, got "${pair}"`);
    if (!tables.some(({ columns }) => columns.includes(from)))
      throw tableError(`Expected a column ${from} (--rename) in ${tables.map(({ file }) => file).join(" or ")}, got none`);
    return [from, to] as const;
  });
}
