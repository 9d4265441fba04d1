import type { DelimitedRow } from "@mammo/files";
import { type LabelRow, labelRows } from "./labelRows.ts";
import { type Rows, shown, tableError } from "./rows.ts";

/** A named list with one value for each case. */
export interface Column<Value> {
  readonly name: string;
  readonly values: readonly Value[];
}

/** Cases with all that is said of them, ready for @mammo/metrics. */
export interface Cases {
  readonly labels: readonly number[];
  readonly clusters: readonly string[];
  readonly clusterName: string;
  readonly models: readonly Column<number>[];
  readonly readers: readonly Column<number>[];
  readonly groups: readonly Column<string>[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** Which columns are taken; undefined: the usual ones. */
export interface CaseColumns {
  readonly label: string | undefined;
  /** Names or patterns with `*`, separated by commas. */
  readonly scores: string | undefined;
  readonly readers: string | undefined;
  readonly groups: string | undefined;
  readonly cluster: string | undefined;
}

const keyColumns = ["subjectId", "examIndex", "laterality", "imageIndex"];

/**
 * Puts predictions and labels together; with one table, both are in it.
 *
 * @throws PipelineError `table`, which names file and row.
 */
export function joinCases(predictions: Rows, truth: Rows | undefined, wanted: CaseColumns): Cases {
  const labeled = labelRows(truth ?? predictions, wanted.label);
  const models = matching(predictions, wanted.scores ?? firstOf(predictions, ["confidence", "score", "probability"]), "--score");
  const readers = wanted.readers === undefined ? [] : matching(predictions, wanted.readers, "--readers");
  const notes: string[] = [];
  const found = truth === undefined ? labeled.map((label) => ({ label, row: label.row })) : byKey(predictions, truth, labeled, notes);
  const kept = found.filter(({ label }) => label.label !== undefined);
  if (kept.length < found.length) notes.push(`${found.length - kept.length} cases not imaged (.) or masked (*) are left out`);
  const positives = kept.filter(({ label }) => label.label === 1).length;
  if (positives === 0 || positives === kept.length)
    throw tableError(
      `Expected cases with label 0 and cases with label 1 in ${(truth ?? predictions).file}, got ${positives} positive of ${kept.length}`,
    );
  const numbers = (name: string): Column<number> => {
    const place = predictions.columns.indexOf(name);
    return { name, values: kept.map(({ row }) => readScore(predictions, row, place)) };
  };
  const texts = (name: string, option: string): Column<string> => {
    const place = predictions.columns.indexOf(name);
    if (place < 0 && !(name in kept[0]!.label.key))
      throw tableError(`Expected a column ${name} (${option}) in ${predictions.file}${truth ? ` or ${truth.file}` : ""}, got none`);
    return { name, values: kept.map(({ row, label }) => (place >= 0 ? row.cells[place]! : label.key[name]!)) };
  };
  const clusterName = wanted.cluster ?? (predictions.columns.includes("subjectId") ? "subjectId" : undefined);
  const [modelScores, readerScores] = [models.map(numbers), readers.map(numbers)];
  const clusters = clusterName === undefined ? kept.map((_, i) => String(i)) : texts(clusterName, "--cluster").values;
  if (new Set(clusters).size < 2) throw tableError(`Expected at least two different ${clusterName} to draw from, got 1`);
  return {
    labels: kept.map(({ label }) => label.label!),
    clusters,
    clusterName: clusterName ?? "row",
    models: modelScores,
    readers: readerScores,
    groups: (wanted.groups?.split(",") ?? []).map((name) => texts(name, "--groups")),
    notes,
  };
}

function firstOf(table: Rows, names: readonly string[]): string {
  const found = names.find((name) => table.columns.includes(name));
  if (found === undefined)
    throw tableError(`Expected ${table.file} to have a column ${names.join(", ")} or one named by --score, got ${table.columns.length} others`);
  return found;
}

function matching(table: Rows, patterns: string, option: string): readonly string[] {
  return patterns.split(",").flatMap((pattern) => {
    const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    const columns = table.columns.filter((column) => new RegExp(`^${escaped.join(".*")}$`).test(column));
    if (columns.length === 0) throw tableError(`Expected a column ${pattern} (${option}) in ${table.file}, got ${table.columns.length} others`);
    return columns;
  });
}

function readScore(table: Rows, { line, cells }: DelimitedRow, column: number): number {
  const cell = cells[column]!;
  const score = cell === "" ? NaN : Number(cell);
  if (!Number.isFinite(score))
    throw tableError(`Expected a finite number as ${table.columns[column]} in row ${line} of ${table.file}, got ${shown(cell)}`);
  return score;
}

/** Each labeled case with the row of its prediction. Labels finer than the predictions are joined: a woman has cancer when a breast has. */
function byKey(predictions: Rows, truth: Rows, labeled: readonly LabelRow[], notes: string[]) {
  const keys = keyColumns.filter((name) => predictions.columns.includes(name));
  if (keys.length === 0)
    throw tableError(`Expected ${predictions.file} to name its cases by ${keyColumns.join(", ")}, got ${predictions.columns.length} others`);
  const missing = keys.find((name) => !(name in labeled[0]!.key));
  if (missing !== undefined)
    throw tableError(`Expected ${truth.file} to have the column ${missing}, as ${predictions.file} has, got ${truth.columns.length} others`);
  const rowOf = new Map<string, DelimitedRow>();
  const places = keys.map((name) => predictions.columns.indexOf(name));
  for (const row of predictions.rows) {
    const key = places.map((place) => row.cells[place]!).join("\t");
    const before = rowOf.get(key);
    if (before !== undefined)
      throw tableError(`Expected each ${keys.join(" + ")} once in ${predictions.file}, got row ${row.line} like row ${before.line}`);
    rowOf.set(key, row);
  }
  const cases = new Map<string, LabelRow>();
  for (const label of labeled) {
    const key = keys.map((name) => label.key[name]!).join("\t");
    const before = cases.get(key);
    // An unknown breast leaves a woman with a known cancer a woman with cancer.
    if (before === undefined || (label.label ?? -1) > (before.label ?? -1)) cases.set(key, label);
  }
  const unknown = [...rowOf.keys()].filter((key) => !cases.has(key)).length;
  if (unknown > 0) notes.push(`${unknown} predictions without a label are left out`);
  return [...cases].flatMap(([key, label]) => {
    const row = rowOf.get(key);
    if (row !== undefined) return [{ label, row }];
    if (label.label === undefined) return [];
    throw tableError(`Expected a prediction in ${predictions.file} for row ${label.row.line} of ${truth.file}, got none`);
  });
}
