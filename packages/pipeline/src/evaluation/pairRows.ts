import type { DelimitedRow } from "@mammo/files";
import { keyOf } from "./caseKeys.ts";
import { joined, type LabelRow, type Labels } from "./labelRows.ts";
import { caseKeys, keyColumns } from "./nameColumns.ts";
import { type Rows, tableError } from "./rows.ts";

/**
 * Each labeled case with the row of its prediction. Labels finer than the predictions are joined: a woman has cancer when a breast has. What is joined, repeated
 * or left out is told in `notes`.
 *
 * @throws PipelineError `table` for keys that are missing, predictions that come twice, labels that contradict each other, and a label without a prediction.
 */
export function pairRows(
  predictions: Rows,
  truth: Rows,
  labeled: Labels,
  { key: wantedKey, notes }: { readonly key: string | undefined; readonly notes: string[] },
) {
  const keys = caseKeys(predictions, wantedKey);
  if (keys.length === 0)
    throw tableError(
      `Expected ${predictions.file} to name its cases by ${keyColumns.join(", ")}, got ${predictions.columns.length} others; --key names other columns, --rename gives them these names`,
    );
  const isKnown = (name: string) => labeled.has(name);
  const missing = keys.find((name) => !isKnown(name));
  if (missing !== undefined)
    throw tableError(`Expected ${truth.file} to have the column ${missing}, as ${predictions.file} has, got ${truth.columns.length} others`);
  const rowOf = new Map<string, DelimitedRow>();
  for (const row of predictions.rows) {
    const key = keyOf(keys, (name) => row.cells[predictions.columns.indexOf(name)]!, predictions, row.line);
    const before = rowOf.get(key);
    if (before !== undefined)
      throw tableError(`Expected each ${keys.join(" + ")} once in ${predictions.file}, got row ${row.line} like row ${before.line}`);
    rowOf.set(key, row);
  }
  const labels = withoutRepeated(truth, labeled, [...new Set([...keyColumns.filter(isKnown), ...keys])], notes);
  const cases = new Map<string, LabelRow>();
  const joinedKeys = new Set<string>();
  for (const label of labels) {
    const key = keyOf(keys, (name) => labeled.cell(label, name), truth, label.row.line);
    const before = cases.get(key);
    if (before !== undefined) joinedKeys.add(key);
    if (before === undefined || joined(before.label, label.label) !== before.label) cases.set(key, label);
  }
  if (joinedKeys.size > 0)
    notes.push(`labels are finer than predictions: ${joinedKeys.size} ${keys.join(" + ")} have several, and cancer when one of them has`);
  const unknown = [...rowOf.keys()].filter((key) => !cases.has(key)).length;
  if (unknown > 0) notes.push(`${unknown} predictions without a label are left out`);
  return [...cases].flatMap(([key, label]) => {
    const row = rowOf.get(key);
    if (row !== undefined) return [{ label, row }];
    if (label.label === undefined) return [];
    throw tableError(`Expected a prediction in ${predictions.file} for row ${label.row.line} of ${truth.file}, got none`);
  });
}

/** Labels once for each case that the table itself tells apart. */
function withoutRepeated(truth: Rows, labeled: Labels, names: readonly string[], notes: string[]): readonly LabelRow[] {
  const once = new Map<string, LabelRow>();
  for (const label of labeled.rows) {
    const key = keyOf(names, (name) => labeled.cell(label, name), truth, label.row.line);
    const before = once.get(key);
    if (before !== undefined && before.label !== label.label)
      throw tableError(`Expected one label for each ${names.join(" + ")} in ${truth.file}, got row ${label.row.line} unlike row ${before.row.line}`);
    if (before === undefined) once.set(key, label);
  }
  const again = labeled.rows.length - once.size;
  if (again > 0) notes.push(`${again} labels of ${truth.file} repeat one before them and count once`);
  return [...once.values()];
}
