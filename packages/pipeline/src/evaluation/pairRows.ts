import type { DelimitedRow } from "@mammo/files";
import { keyOf } from "./caseKeys.ts";
import { joined, type LabelRow, type Labels } from "./labelRows.ts";
import { caseKeys, keyColumns } from "./nameColumns.ts";
import { type Rows, tableError } from "./rows.ts";

/**
 * Each labeled case with the row of its prediction. Labels finer than the predictions are joined: a woman has cancer when a breast has. What is joined, repeated
 * or left out is told in `notes`.
 *
 * @throws PipelineError `table` for keys that are missing, predictions that come twice, labels that contradict each other, and, unless the common cases are asked for, a label without a prediction.
 */
export function pairRows(
  predictions: Rows,
  truth: Rows,
  labeled: Labels,
  { key: wantedKey, common, notes }: { readonly key: string | undefined; readonly common: boolean; readonly notes: string[] },
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
  const all = new Set([...keyColumns.filter(isKnown), ...keys]);
  const isFiner = all.size > keys.length;
  const once = withoutRepeated(truth, labeled, isFiner ? [...all] : keys, notes);
  const keyOfLabel = (label: LabelRow) => keyOf(keys, (name) => labeled.cell(label, name), truth, label.row.line);
  const cases = isFiner ? joinedCases(once.values(), { keys, keyOfLabel, notes }) : once;
  let unknown = 0;
  for (const key of rowOf.keys()) if (!cases.has(key)) unknown++;
  if (unknown > 0) notes.push(`${unknown} predictions without a label are left out`);
  let unscored = 0;
  const pairs: { readonly label: LabelRow; readonly row: DelimitedRow }[] = [];
  for (const [key, label] of cases) {
    const row = rowOf.get(key);
    if (row !== undefined) pairs.push({ label, row });
    else if (label.label === undefined) continue;
    else if (common) unscored++;
    else throw tableError(`Expected a prediction in ${predictions.file} for row ${label.row.line} of ${truth.file}, got none`);
  }
  if (unscored > 0) notes.push(`${unscored} labels without a prediction are left out`);
  return pairs;
}

/** Labels that are finer than cases, put together: how many cases had several is told in `notes`. */
function joinedCases(
  labels: Iterable<LabelRow>,
  { keys, keyOfLabel, notes }: { readonly keys: readonly string[]; readonly keyOfLabel: (label: LabelRow) => string; readonly notes: string[] },
): ReadonlyMap<string, LabelRow> {
  const cases = new Map<string, LabelRow>();
  const several = new Set<string>();
  for (const label of labels) {
    const key = keyOfLabel(label);
    const before = cases.get(key);
    if (before !== undefined) several.add(key);
    if (before === undefined || joined(before.label, label.label) !== before.label) cases.set(key, label);
  }
  if (several.size > 0)
    notes.push(`labels are finer than predictions: ${several.size} ${keys.join(" + ")} have several, and cancer when one of them has`);
  return cases;
}

/** Labels once for each case that the table itself tells apart. */
function withoutRepeated(truth: Rows, labeled: Labels, names: readonly string[], notes: string[]): ReadonlyMap<string, LabelRow> {
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
  return once;
}
