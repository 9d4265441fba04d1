import { type Rows, shown, TableError } from "./readRows.ts";

/** What is known of one case: the cells that name it, its label and the row that said so. */
export interface LabelRow {
  readonly key: Readonly<Record<string, string>>;
  /** Undefined: not imaged (`.`) or masked (`*`), so not to be scored. */
  readonly label: 0 | 1 | undefined;
  readonly row: number;
  readonly cells: readonly string[];
}

/** Labels of breasts, exams or images. The challenge's exams_metadata.tsv becomes two breasts a row; of several exams of a woman, the last counts. */
export function labelRows(table: Rows, labelColumn: string | undefined): readonly LabelRow[] {
  const at = (name: string) => table.columns.indexOf(name);
  const object = (cells: readonly string[]) => Object.fromEntries(table.columns.map((column, k) => [column, cells[k]!]));
  if (labelColumn === undefined && at("cancerL") >= 0 && at("cancerR") >= 0) {
    return lastExams(table).flatMap(({ cells, row }) =>
      (["L", "R"] as const).map((laterality) => ({
        key: { ...object(cells), laterality },
        label: readLabel(cells[at(`cancer${laterality}`)]!, table.file, row),
        row,
        cells,
      })),
    );
  }
  const column = labelColumn ?? ["cancer", "label"].find((name) => at(name) >= 0);
  if (column === undefined || at(column) < 0)
    throw new TableError(
      `Expected ${table.file} to have a column ${column ?? "cancer, label, or cancerL and cancerR"}, got ${table.columns.join(", ")}`,
    );
  return table.rows.map((cells, r) => ({ key: object(cells), label: readLabel(cells[at(column)]!, table.file, r + 1), row: r + 1, cells }));
}

function readLabel(cell: string, file: string, row: number): 0 | 1 | undefined {
  if (cell === "." || cell === "*") return undefined;
  // Tables that passed through pandas write 0.0 and 1.0.
  const label = cell === "" ? NaN : Number(cell);
  if (label !== 0 && label !== 1) throw new TableError(`Expected 0, 1, . or * as label in row ${row} of ${file}, got ${shown(cell)}`);
  return label;
}

function lastExams(table: Rows): readonly { readonly cells: readonly string[]; readonly row: number }[] {
  const [subject, exam] = [table.columns.indexOf("subjectId"), table.columns.indexOf("examIndex")];
  const rows = table.rows.map((cells, r) => ({ cells, row: r + 1 }));
  if (subject < 0 || exam < 0) return rows;
  const last = new Map<string, (typeof rows)[number]>();
  for (const entry of rows) {
    const before = last.get(entry.cells[subject]!);
    if (before === undefined || Number(entry.cells[exam]) > Number(before.cells[exam])) last.set(entry.cells[subject]!, entry);
  }
  return [...last.values()];
}
