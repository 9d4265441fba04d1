import { formatDelimited } from "@mammo/files";

type Scalar = string | number | boolean;
type Row = Readonly<Record<string, Scalar>>;

/**
 * A result as tables of unrounded numbers: a file for each list in it, a row for each of its entries, a column for each number, named by its place (`auroc_low`).
 * A list inside an entry is a file of its own whose rows begin with the texts of that entry, such as its name; what stands in no list is a file of one row.
 */
export function csvTables(result: object): readonly { readonly name: string; readonly text: string }[] {
  const tables = new Map<string, Row[]>();
  const single = Object.entries(result).filter(([, value]) => !isObject(value));
  collect(tables, "summary", Object.fromEntries(single), {});
  for (const [name, value] of Object.entries(result)) collect(tables, name, value, {});
  return [...tables].map(([name, rows]) => {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return {
      name: `${name}.csv`,
      text: formatDelimited([columns, ...rows.map((row) => columns.map((column) => cell(row[column])))], { separator: "," }),
    };
  });
}

/** As R, pandas and spreadsheets read it: what is undefined is empty. */
function cell(value: Scalar | undefined): string | number {
  if (value === undefined || Number.isNaN(value)) return "";
  if (typeof value === "number" && !Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  return typeof value === "boolean" ? Number(value) : value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function collect(tables: Map<string, Row[]>, path: string, value: unknown, inherited: Row): void {
  if (Array.isArray(value)) {
    if (!value.every((entry) => isObject(entry) && !Array.isArray(entry))) return;
    for (const entry of value) collectEntry(tables, path, entry, inherited);
  } else if (isObject(value)) collectEntry(tables, path, value, inherited);
}

function collectEntry(tables: Map<string, Row[]>, path: string, entry: object, inherited: Row): void {
  const row = { ...inherited, ...flat(entry) };
  const texts = Object.fromEntries(Object.entries(row).filter(([, value]) => typeof value === "string"));
  const table = tables.get(path) ?? [];
  if (Object.values(row).some((value) => typeof value !== "string")) table.push(row);
  if (table.length > 0) tables.set(path, table);
  const lists = (object: object, at: string): void => {
    for (const [name, value] of Object.entries(object))
      if (Array.isArray(value)) collect(tables, `${at}_${name}`, value, texts);
      else if (isObject(value)) lists(value, `${at}_${name}`);
  };
  lists(entry, path);
}

/** All that is no list in an object, by its place. */
function flat(object: object, before = ""): Row {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): (readonly [string, Scalar])[] => {
      if (Array.isArray(value) || value === undefined || value === null) return [];
      return isObject(value) ? Object.entries(flat(value, `${before}${name}_`)) : [[`${before}${name}`, value as Scalar]];
    }),
  );
}
