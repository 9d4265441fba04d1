import { type Rows, tableError } from "./rows.ts";

/** The columns that name a case, in the challenge's words. */
export const keyColumns = ["subjectId", "examIndex", "laterality", "imageIndex"] as const;

/** Names of columns and other tables' words for them, in lower case, without blanks, lines and points between. */
type Spellings = Readonly<Record<string, readonly string[]>>;

export const caseSpellings = {
  subjectId: ["subjectid", "subject", "patientid", "patient"],
  examIndex: ["examindex"],
  laterality: ["laterality", "side"],
  imageIndex: ["imageindex"],
} as const satisfies Spellings;

/**
 * A table whose key columns have the challenge's names: those that the caller renames (`patient=subjectId`), and other usual spellings, which are told.
 * A column that the caller asks for by its own name keeps it.
 */
export function nameColumns(
  table: Rows,
  rename: readonly (readonly [from: string, to: string])[],
  asked: ReadonlySet<string>,
  spellings: Spellings = caseSpellings,
): Rows {
  const columns = [...table.columns];
  for (const [from, to] of rename) {
    const at = table.columns.indexOf(from);
    if (at < 0) continue;
    if (table.columns.includes(to)) throw tableError(`Expected ${table.file} to have no column ${to} beside ${from}, which is to be renamed to it`);
    columns[at] = to;
  }
  const notes: string[] = [];
  for (const [name, words] of Object.entries(spellings)) {
    if (columns.includes(name)) continue;
    const like = columns.filter((column) => isSpelled(column, words) && !asked.has(column));
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

/** Spellings, and those of the caller's own key columns (`image_id` is `imageId` too): tables of different origin have one name for them. */
export function spellingsWith(key: string | undefined, spellings: Spellings = caseSpellings): Spellings {
  const own = (key?.split(",") ?? []).filter((name) => !Object.values(spellings).some((words) => isSpelled(name, words)));
  return { ...spellings, ...Object.fromEntries(own.map((name) => [name, [plain(name)]])) };
}

/** The columns that name a case: those that the caller says, in any known spelling, else those of the challenge that there are. */
export function caseKeys({ file, columns }: Rows, key: string | undefined, spellings: Spellings = caseSpellings): readonly string[] {
  if (key === undefined) return keyColumns.filter((name) => columns.includes(name));
  return key.split(",").map((name) => {
    const known = Object.keys(spellings).find((one) => isSpelled(name, spellings[one]!));
    const column = [known ?? name, name].find((one) => columns.includes(one));
    if (column === undefined) throw tableError(`Expected ${file} to have the column ${name} (--key), got ${columns.length} others`);
    return column;
  });
}

/** Whether a column's head is one of these words, however it is written. */
export const isSpelled = (column: string, words: readonly string[]): boolean => words.includes(plain(column));

const plain = (column: string): string => column.toLowerCase().replace(/[ _.-]/g, "");

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
