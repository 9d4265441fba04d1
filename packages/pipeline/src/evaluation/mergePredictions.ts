import { requireKnownKeys } from "@mammo/mammogram";
import { keyOf } from "./caseKeys.ts";
import { scoreColumns } from "./joinCases.ts";
import { caseKeys, keyColumns, nameColumns, parseRename, spellingsWith } from "./nameColumns.ts";
import { decimalOf, type Rows, tableError } from "./rows.ts";

/** How several tables of predictions become one. */
export interface MergeOptions {
  /** Columns of scores, as `joinCases` takes them. */
  readonly scores: string | undefined;
  /** New names of key columns, as `joinCases` takes them. */
  readonly rename?: string | undefined;
  /** The columns that name a case, as `joinCases` takes them. */
  readonly key?: string | undefined;
  /** A column of labels that all files have: they must say the same. */
  readonly label?: string | undefined;
  /** What each file's scores are called. Default: file 1, file 2, … */
  readonly names?: readonly string[] | undefined;
  /** Keep only the cases that all files name. Default false: files that name different cases are refused. */
  readonly common?: boolean;
}

const mergeOptionNames = { scores: true, rename: true, key: true, label: true, names: true, common: true } satisfies Record<keyof MergeOptions, true>;

/** One table with the scores of all. */
export interface MergedPredictions {
  readonly predictions: Rows;
  /** The scores' columns, as `joinCases` takes them. */
  readonly scores: string;
}

/**
 * Predictions of several models in a file each -> one table, joined by what names a case; all other columns are the first file's.
 *
 * @throws PipelineError `table` for files without key columns or with others, a case that a file names twice or that one lacks, names that are missing, repeated or hold a comma.
 */
export function mergePredictions(files: readonly Rows[], options: MergeOptions): MergedPredictions {
  requireKnownKeys("mergePredictions", options, mergeOptionNames);
  const { scores, rename, key: wantedKey, label, names = files.map((_, i) => `file ${i + 1}`), common = false } = options;
  if (names.length !== files.length || new Set(names).size < names.length || names.some((name) => name === "" || /[,*]/.test(name)))
    throw tableError(`Expected ${files.length} different names without commas for as many files of predictions, got ${names.length}`);
  const renames = parseRename(rename, files);
  const tables = files.map((file) => nameColumns(file, renames, new Set(), spellingsWith(wantedKey)));
  const [first] = tables as [Rows];
  const keys = caseKeys(first, wantedKey);
  if (keys.length === 0)
    throw tableError(
      `Expected ${first.file} to name its cases by ${keyColumns.join(", ")}, got others; --key names other columns, --rename gives them these names`,
    );
  const read = tables.map((table, index) => readCases(table, { keys, isAll: wantedKey === undefined, scores, name: names[index]! }));
  const notes = tables.flatMap((table) => table.notes ?? []);
  const everywhere = [...read[0]!.cases.keys()].filter((key) => read.every(({ cases }) => cases.has(key)));
  const all = new Set(read.flatMap(({ cases }) => [...cases.keys()]));
  if (everywhere.length < all.size) {
    if (!common) throw lacking(tables, read, [...all].find((key) => !read.every(({ cases }) => cases.has(key)))!);
    notes.push(`${all.size - everywhere.length} of ${all.size} cases are not in all ${files.length} files of predictions and are left out`);
  }
  const scoreNames = read.flatMap(({ names }) => names);
  const others = first.columns.filter((name) => !read[0]!.columns.includes(name));
  const twice = scoreNames.find((name) => others.includes(name));
  if (twice !== undefined) throw tableError(`Expected names of scores that are no columns of ${first.file}, got one that is`);
  if (label !== undefined) {
    for (const index of read.keys()) requireSameLabels(tables, read, { label, index, everywhere });
    notes.push(`all ${files.length} files hold labels, the same ones`);
  }
  const rows = everywhere.map((key) => {
    const { row } = read[0]!.cases.get(key)!;
    const own = others.map((name) => row.cells[first.columns.indexOf(name)]!);
    return { ...row, cells: [...own, ...read.flatMap(({ cases }) => cases.get(key)!.scores)] };
  });
  return { predictions: { ...first, columns: [...others, ...scoreNames], rows, notes }, scores: scoreNames.join(",") };
}

interface ReadCases {
  /** The score columns in the file, and what they are called in the merged table. */
  readonly columns: readonly string[];
  readonly names: readonly string[];
  readonly cases: ReadonlyMap<string, { readonly row: Rows["rows"][number]; readonly scores: readonly string[] }>;
}

function readCases(
  table: Rows,
  {
    keys,
    isAll,
    scores,
    name,
  }: { readonly keys: readonly string[]; readonly isAll: boolean; readonly scores: string | undefined; readonly name: string },
): ReadCases {
  const more = isAll ? keyColumns.find((key) => !keys.includes(key) && table.columns.includes(key)) : undefined;
  const missing = keys.find((key) => !table.columns.includes(key)) ?? more;
  if (missing !== undefined)
    throw tableError(
      `Expected all files of predictions to name their cases by ${keys.join(" + ")}, got ${table.file} ${table.columns.includes(missing) ? "with" : "without"} ${missing}`,
    );
  const columns = scoreColumns(table, scores);
  const cases: Map<string, { readonly row: Rows["rows"][number]; readonly scores: readonly string[] }> = new Map();
  for (const row of table.rows) {
    const key = keyOf(keys, (name) => row.cells[table.columns.indexOf(name)]!, table, row.line);
    const before = cases.get(key);
    if (before) throw tableError(`Expected each ${keys.join(" + ")} once in ${table.file}, got row ${row.line} like row ${before.row.line}`);
    cases.set(key, { row, scores: columns.map((column) => row.cells[table.columns.indexOf(column)]!) });
  }
  return { columns, names: columns.length === 1 ? [name] : columns.map((column) => `${name}: ${column}`), cases };
}

/** @throws PipelineError for a case whose label in the file of this index is not that of the first. */
function requireSameLabels(
  tables: readonly Rows[],
  read: readonly ReadCases[],
  { label, index, everywhere }: { readonly label: string; readonly index: number; readonly everywhere: readonly string[] },
): void {
  const [here, first] = [tables[index]!.columns.indexOf(label), tables[0]!.columns.indexOf(label)];
  for (const key of everywhere) {
    const [row, other] = [read[index]!.cases.get(key)!.row, read[0]!.cases.get(key)!.row];
    const [cell, said] = [row.cells[here]!, other.cells[first]!];
    if (cell !== said && decimalOf(cell) !== decimalOf(said))
      throw tableError(
        `Expected one label for each case, got row ${row.line} of ${tables[index]!.file} unlike row ${other.line} of ${tables[0]!.file}; --labels names the file whose labels count`,
      );
  }
}

/** For a case that one file names and another does not. */
function lacking(tables: readonly Rows[], read: readonly ReadCases[], key: string) {
  const [has, without] = [true, false].map((isThere) => read.findIndex(({ cases }) => cases.has(key) === isThere)) as [number, number];
  const { line } = read[has]!.cases.get(key)!.row;
  return tableError(
    `Expected all files of predictions to name the same cases, got row ${line} of ${tables[has]!.file}, which ${tables[without]!.file} does not have; --common keeps those that all have`,
  );
}
