import type { DelimitedRow } from "@mammo/files";
import { type Rows, shown, tableError } from "./rows.ts";

/** What is known of one case: the cells that name it, its label and the row that said so. */
export interface LabelRow {
  readonly key: Readonly<Record<string, string>>;
  /** Undefined: not imaged (`.`) or masked (`*`), so not to be scored. */
  readonly label: 0 | 1 | undefined;
  readonly row: DelimitedRow;
}

/** Labels of breasts, exams or images. The challenge's exams_metadata.tsv becomes two breasts a row; of several exams of a woman, the last counts. */
export function labelRows(table: Rows, labelColumn: string | undefined): readonly LabelRow[] {
  const at = (name: string) => table.columns.indexOf(name);
  const object = (cells: readonly string[]) => Object.fromEntries(table.columns.map((column, k) => [column, cells[k]!]));
  if (labelColumn === undefined && at("cancerL") >= 0 && at("cancerR") >= 0) {
    return lastExams(table).flatMap((row) =>
      (["L", "R"] as const).map((laterality) => ({
        key: { ...object(row.cells), laterality },
        label: readLabel(row, at(`cancer${laterality}`), table.file),
        row,
      })),
    );
  }
  const column = labelColumn ?? ["cancer", "label"].find((name) => at(name) >= 0);
  if (column === undefined || at(column) < 0)
    throw tableError(
      `Expected ${table.file} to have a column ${column ?? "cancer, label, or cancerL and cancerR"}, got ${table.columns.length} others`,
    );
  return table.rows.map((row) => ({ key: object(row.cells), label: readLabel(row, at(column), table.file), row }));
}

function readLabel({ line, cells }: DelimitedRow, place: number, file: string): 0 | 1 | undefined {
  const cell = cells[place]!;
  if (cell === "." || cell === "*") return undefined;
  // Tables that passed through pandas write 0.0 and 1.0.
  const label = cell === "" ? NaN : Number(cell);
  if (label !== 0 && label !== 1) throw tableError(`Expected 0, 1, . or * as label in row ${line} of ${file}, got ${shown(cell)}`);
  return label;
}

function lastExams({ columns, rows }: Rows): readonly DelimitedRow[] {
  const [subject, exam] = [columns.indexOf("subjectId"), columns.indexOf("examIndex")];
  if (subject < 0 || exam < 0) return rows;
  const last = new Map<string, DelimitedRow>();
  for (const row of rows) {
    const before = last.get(row.cells[subject]!);
    if (before === undefined || Number(row.cells[exam]) > Number(before.cells[exam])) last.set(row.cells[subject]!, row);
  }
  return [...last.values()];
}
