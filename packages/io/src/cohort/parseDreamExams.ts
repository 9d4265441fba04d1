import type { Laterality } from "@mammo/mammogram";
import type { CohortExam } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { parseTsv } from "./parseTsv.ts";
import type { TableRow } from "./table.ts";

/** An exam as its row states it, with the line of the row. */
export interface DreamExam extends CohortExam {
  readonly notImaged: ReadonlySet<Laterality>;
  readonly line: number;
}

const named = new Set(["subjectId", "examIndex", "daysSincePreviousExam", "cancerL", "cancerR", "invL", "invR"]);

/** The text of the challenge's `exams_metadata.tsv` -> its exams by id. */
export function parseDreamExams(text: string, file: string): Map<string, DreamExam> {
  const exams = new Map<string, DreamExam>();
  for (const row of parseTsv(text, { file, required: ["subjectId", "examIndex", "cancerL", "cancerR"], optional: "all" })) {
    const exam = examOf(row, file);
    const before = exams.get(exam.id);
    if (before !== undefined)
      throw new CohortError("duplicate-row", `${file} row ${row.line}: expected one row a woman and exam; row ${before.line} is of the same`);
    exams.set(exam.id, exam);
  }
  return exams;
}

function examOf(row: TableRow, file: string): DreamExam {
  const patientId = row.cells["subjectId"]!;
  const examIndex = readInteger(row, "examIndex", file);
  const days = Number(row.cells["daysSincePreviousExam"] || Number.NaN);
  const both = (prefix: string): { L: DreamLabel; R: DreamLabel } => ({
    L: readLabel(row, `${prefix}L`, file),
    R: readLabel(row, `${prefix}R`, file),
  });
  const labels = (found: ReturnType<typeof both>): Partial<Record<Laterality, 0 | 1>> => ({
    ...(found.L.label === undefined ? {} : { L: found.L.label }),
    ...(found.R.label === undefined ? {} : { R: found.R.label }),
  });
  const cancer = both("cancer");
  return {
    id: `${patientId}/${examIndex}`,
    patientId,
    examIndex,
    ...(Number.isFinite(days) ? { daysSincePreviousExam: days } : {}),
    cancer: labels(cancer),
    invasive: labels(both("inv")),
    metadata: Object.fromEntries(Object.entries(row.cells).filter(([name]) => !named.has(name))),
    notImaged: new Set((["L", "R"] as const).filter((side) => cancer[side].notImaged)),
    line: row.line,
  };
}

/** A cell that must be a whole number. */
export function readInteger(row: TableRow, column: string, file: string): number {
  const value = Number(row.cells[column]);
  if (row.cells[column] === "" || !Number.isInteger(value))
    throw new CohortError("invalid-value", `${file} row ${row.line}: expected ${column} to be an integer`);
  return value;
}

interface DreamLabel {
  readonly label?: 0 | 1;
  readonly notImaged: boolean;
}

/** 0 or 1; "." is a breast that was not imaged, "*" a masked label; an absent column labels nothing. */
export function readLabel(row: TableRow, column: string, file: string): DreamLabel {
  const value = row.cells[column];
  if (value === "0" || value === "1") return { label: Number(value) as 0 | 1, notImaged: false };
  if (value === undefined || value === "*") return { notImaged: false };
  if (value === ".") return { notImaged: true };
  throw new CohortError("invalid-value", `${file} row ${row.line}: expected ${column} to be 0, 1, . or *`);
}
