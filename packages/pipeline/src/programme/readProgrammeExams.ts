import { examNumber, keyOf } from "../evaluation/caseKeys.ts";
import { nameColumns } from "../evaluation/nameColumns.ts";
import { readRows } from "../evaluation/readRows.ts";
import { columnOf, decimalOf, isMissing, type Rows, shown, tableError } from "../evaluation/rows.ts";
import type { ProgrammeExam } from "./programmeReport.ts";

/** Tables of a programme's exams, read. */
export interface ProgrammeTables {
  readonly exams: readonly ProgrammeExam[];
  /** Of the files that were read. */
  readonly inputs: readonly string[];
  /** What had to be guessed, and exams that only one of the tables has. */
  readonly notes: readonly string[];
}

const keys = ["subjectId", "examIndex"] as const;

/**
 * Two tables by subjectId and examIndex -> exams: scores (`confidence`, `score`, as predictions_exams.tsv of `npm run predict`) and, as far as known, `cancer` (0, 1), `daysSincePreviousExam`, `device`, `density` and
 * `age` (as its exams.tsv). Exams without a score are left out and counted in the notes.
 *
 * @throws PipelineError `table` for what cannot be read, with file and row.
 * @example const { exams } = await readProgrammeExams("runs/predict-dream/predictions_exams.tsv", "runs/predict-dream/exams.tsv");
 */
export async function readProgrammeExams(scoresPath: string, examsPath: string): Promise<ProgrammeTables> {
  const [scores, known] = await Promise.all([readTable(scoresPath, "the scores"), readTable(examsPath, "the exams")]);
  const score = columnOf(scores, "score");
  const probability = columnOf(scores, "confidence");
  const outcomes = byExam(known);
  const optional = (name: string) => known.columns.indexOf(name);
  const [cancer, days, device, density, age] = ["cancer", "daysSincePreviousExam", "device", "density", "age"].map(optional) as [
    number,
    number,
    number,
    number,
    number,
  ];
  let alone = 0;
  const exams = [...byExam(scores)].map(([key, row]): ProgrammeExam => {
    const outcome = outcomes.get(key);
    if (outcome === undefined) alone++;
    const text = (at: number): string | undefined =>
      at < 0 || outcome === undefined || isMissing(outcome.cells[at]!) ? undefined : outcome.cells[at]!;
    const number = (at: number): number | undefined => {
      const cell = text(at);
      return cell === undefined || cell === "." ? undefined : numberOf(cell, known, outcome!.line, known.columns[at]!);
    };
    const found = number(cancer);
    if (found !== undefined && found !== 0 && found !== 1)
      throw tableError(`Expected cancer in row ${outcome!.line} of ${known.file} to be 0, 1 or empty, got ${shown(outcome!.cells[cancer]!)}`);
    const [sinceLast, years] = [number(days), number(age)];
    const [named, tissue] = [text(device), text(density)];
    return {
      subjectId: row.cells[scores.columns.indexOf("subjectId")]!,
      examIndex: examNumber(row.cells[scores.columns.indexOf("examIndex")]!, scores.file, row.line),
      score: numberOf(row.cells[score]!, scores, row.line, "score"),
      probability: numberOf(row.cells[probability]!, scores, row.line, "confidence"),
      ...(found === undefined ? {} : { cancer: found as 0 | 1 }),
      ...(sinceLast === undefined ? {} : { daysSincePreviousExam: sinceLast }),
      ...(named === undefined ? {} : { device: named }),
      ...(tissue === undefined ? {} : { density: tissue }),
      ...(years === undefined ? {} : { age: years }),
    };
  });
  const unscored = [...outcomes.keys()].length - (exams.length - alone);
  return {
    exams,
    inputs: [scores.sha256, known.sha256],
    notes: [
      ...[scores, known].flatMap(({ notes = [] }) => notes),
      ...(alone > 0 ? [`${alone} exams have a score, but no row in ${known.file}: nothing is known of their outcome`] : []),
      ...(unscored > 0 ? [`${unscored} exams of ${known.file} have no score and are left out`] : []),
    ],
  };
}

const readTable = async (path: string, called: string): Promise<Rows> => nameColumns(await readRows(path, { called }), [], new Set());

function byExam(table: Rows): ReadonlyMap<string, Rows["rows"][number]> {
  const at = keys.map((name) => columnOf(table, name));
  const rows = new Map<string, Rows["rows"][number]>();
  for (const row of table.rows) {
    const key = keyOf(keys, (name) => row.cells[at[keys.indexOf(name as (typeof keys)[number])]!]!, table, row.line);
    if (rows.has(key)) throw tableError(`Expected one row an exam in ${table.file}, got a second one in row ${row.line}`);
    rows.set(key, row);
  }
  return rows;
}

function numberOf(cell: string, { file }: Rows, line: number, name: string): number {
  const number = decimalOf(cell);
  if (Number.isNaN(number)) throw tableError(`Expected a number as ${name} in row ${line} of ${file}, got ${shown(cell)}`);
  return number;
}
