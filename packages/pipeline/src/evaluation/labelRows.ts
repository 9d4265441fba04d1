import type { DelimitedRow } from "@mammo/files";
import { examNumber, keyOf, sideOf } from "./caseKeys.ts";
import { decimalOf, isMissing, type Rows, shown, tableError } from "./rows.ts";

/** 1, 0, or undefined: not imaged (`.`) or masked (`*`), so not to be scored. */
export type Label = 0 | 1 | undefined;

/** The label of one case and the row that said so. */
export interface LabelRow {
  readonly label: Label;
  readonly row: DelimitedRow;
  /** Where a row is both breasts of a woman: which of them. */
  readonly laterality?: "L" | "R";
}

/** Labels, and what else is known of the cases that they are of. */
export interface Labels {
  readonly rows: readonly LabelRow[];
  /** Whether the cases have something of this name. */
  has(name: string): boolean;
  /** The cell of this name. */
  cell(label: LabelRow, name: string): string;
}

/** Which column holds the labels, and what of it. */
export interface LabelColumn {
  readonly label: string | undefined;
  /** The text that counts as 1; all others are 0 then. */
  readonly positive?: string | undefined;
}

/** A woman, a breast has cancer when one of its parts has; an unknown part leaves a known one as it is. */
export const joined = (a: Label, b: Label): Label => ((a ?? -1) >= (b ?? -1) ? a : b);

/**
 * Labels of breasts, exams or images. Of the challenge's cancerL and cancerR each row is two breasts; where the table has sides, the one of its side; and where each row
 * has one score, which `scored` says, one woman. Of several exams of a woman the last counts. What is joined or left out is told in `notes`.
 */
export function labelRows(table: Rows, wanted: LabelColumn, { scored, notes }: { readonly scored: boolean; readonly notes: string[] }): Labels {
  const places = new Map(table.columns.map((column, place) => [column, place]));
  const at = (name: string) => places.get(name) ?? -1;
  const read = labelReader(table.file, wanted.positive);
  const labels = (rows: readonly LabelRow[]): Labels => ({
    rows,
    has: (name) => places.has(name) || (name === "laterality" && rows[0]?.laterality !== undefined),
    cell: ({ row, laterality }, name) => (name === "laterality" && laterality) || row.cells[at(name)]!,
  });
  const [left, right, side] = [at("cancerL"), at("cancerR"), at("laterality")];
  if (wanted.label === undefined && left >= 0 && right >= 0) {
    const rows = lastExams(table, notes);
    if (side >= 0) return labels(rows.map((row) => ({ label: read(row, requireSide(row, side, table.file) === "L" ? left : right), row })));
    if (scored) {
      notes.push("one score a row: a row has cancer when cancerL or cancerR has");
      return labels(rows.map((row) => ({ label: joined(read(row, left), read(row, right)), row })));
    }
    return labels(
      rows.flatMap((row) => (["L", "R"] as const).map((laterality) => ({ label: read(row, laterality === "L" ? left : right), row, laterality }))),
    );
  }
  const column = wanted.label ?? ["cancer", "label"].find((name) => at(name) >= 0);
  if (column === undefined || at(column) < 0)
    throw tableError(
      `Expected ${table.file} to have a column ${column ?? "cancer, label, or cancerL and cancerR, or one named by --label"}, got ${table.columns.length} others`,
    );
  return labels(table.rows.map((row) => ({ label: read(row, at(column)), row })));
}

/** Reads a row's label at a place. */
export function labelReader(file: string, positive: string | undefined): (row: DelimitedRow, place: number) => Label {
  return ({ line, cells }, place) => {
    const cell = cells[place]!;
    if (cell === "." || cell === "*") return undefined;
    if (positive !== undefined) {
      if (isMissing(cell)) throw tableError(`Expected a label in row ${line} of ${file}, got "${cell}"`);
      return cell === positive || decimalOf(cell) === decimalOf(positive) ? 1 : 0;
    }
    // Tables that passed through pandas write 0.0 and 1.0, or True and False.
    const label = /^true$/i.test(cell) ? 1 : /^false$/i.test(cell) ? 0 : decimalOf(cell);
    if (label !== 0 && label !== 1)
      throw tableError(
        `Expected 0, 1, . or * as label in row ${line} of ${file}, got ${shown(cell)}; --positive names another label that counts as 1`,
      );
    return label;
  };
}

function requireSide({ line, cells }: DelimitedRow, place: number, file: string): "L" | "R" {
  const side = sideOf(cells[place]!);
  if (side === undefined) throw tableError(`Expected L or R as laterality in row ${line} of ${file}, got ${shown(cells[place]!)}`);
  return side;
}

/** The rows of each woman's last exam. */
function lastExams({ file, columns, rows }: Rows, notes: string[]): readonly DelimitedRow[] {
  const [subject, exam] = [columns.indexOf("subjectId"), columns.indexOf("examIndex")];
  if (subject < 0 || exam < 0) return rows;
  const last = new Map<string, { readonly number: number; readonly rows: DelimitedRow[] }>();
  for (const row of rows) {
    const number = examNumber(row.cells[exam]!, file, row.line);
    const woman = keyOf(["subjectId"], () => row.cells[subject]!, { file }, row.line);
    const before = last.get(woman);
    if (before === undefined || number > before.number) last.set(woman, { number, rows: [row] });
    else if (number === before.number) before.rows.push(row);
  }
  const kept = [...last.values()].flatMap(({ rows }) => rows);
  if (kept.length < rows.length)
    notes.push(`${rows.length - kept.length} rows of earlier exams are left out: of a subjectId the last examIndex counts`);
  return kept;
}
