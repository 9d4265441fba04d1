import { join } from "node:path";
import { logit } from "@mammo/ensemble";
import { sha256 } from "@mammo/files/node";
import { examNumber, keyOf, sideOf } from "../evaluation/caseKeys.ts";
import { nameColumns } from "../evaluation/nameColumns.ts";
import { readRows } from "../evaluation/readRows.ts";
import { columnOf, decimalOf, isMissing, type Rows, shown, tableError } from "../evaluation/rows.ts";
import { groupBy } from "../groupBy.ts";
import type { BreastPrediction } from "../predict/predictViews.ts";

/** What names a breast in the tables. */
export const keys = ["subjectId", "examIndex", "laterality"] as const;

/**
 * A folder of `npm run predict` -> breasts with their labels: each woman's latest exam that has labels, `logit` of the bundle's calibrated probability.
 *
 * @throws PipelineError `table` for tables that are not as `predictCohort` writes them, and where no breast has a label.
 * @example const { breasts } = await readBreasts("runs/predict-dream");
 */
export async function readBreasts(folder: string): Promise<{ readonly breasts: readonly BreastPrediction[]; readonly sha256: string }> {
  const [predictions, labels] = await Promise.all([
    read(join(folder, "predictions.tsv"), "predictions.tsv"),
    read(join(folder, "labels.tsv"), "labels.tsv"),
  ]);
  const [confidence, cancer] = [columnOf(predictions, "confidence"), columnOf(labels, "cancer")];
  const known = new Map(
    rowsByKey(labels).flatMap(({ key, cells, line }): readonly (readonly [string, 0 | 1])[] => {
      const cell = cells[cancer]!;
      if (isMissing(cell) || cell === ".") return [];
      if (cell !== "0" && cell !== "1") throw tableError(`Expected cancer in row ${line} of labels.tsv to be 0 or 1, got ${shown(cell)}`);
      return [[key, cell === "1" ? 1 : 0]];
    }),
  );
  const labeled = rowsByKey(predictions).flatMap(({ key, cells, line, cellOf }) => {
    const label = known.get(key);
    if (label === undefined) return [];
    const probability = decimalOf(cells[confidence]!);
    if (!(probability >= 0 && probability <= 1))
      throw tableError(`Expected a probability as confidence in row ${line} of predictions.tsv, got ${shown(cells[confidence]!)}`);
    const laterality = sideOf(cellOf("laterality"));
    if (laterality === undefined) throw tableError(`Expected L or R as laterality in row ${line} of predictions.tsv, got another`);
    const breast: BreastPrediction = { patientId: cellOf("subjectId"), laterality, cancer: label, logit: logit(probability) };
    return [{ breast, exam: examNumber(cellOf("examIndex"), "predictions.tsv", line) }];
  });
  if (labeled.length === 0) throw tableError("Expected breasts of predictions.tsv to have labels in labels.tsv, got none");
  const breasts = [...groupBy(labeled, ({ breast }) => breast.patientId).values()].flatMap((own) => {
    const latest = own.reduce((most, { exam }) => Math.max(most, exam), -Infinity);
    return own.filter(({ exam }) => exam === latest).map(({ breast }) => breast);
  });
  return { breasts, sha256: sha256(`${predictions.sha256}\n${labels.sha256}`) };
}

/** A table of the folder, with its columns by name. */
export const read = async (path: string, called: string): Promise<Rows> => nameColumns(await readRows(path, { called }), [], new Set());

function rowsByKey(table: Rows) {
  const seen = new Set<string>();
  return table.rows.map(({ cells, line }) => {
    const cellOf = (name: string): string => cells[columnOf(table, name)]!;
    const key = keyOf(keys, cellOf, table, line);
    if (seen.has(key)) throw tableError(`Expected one row a breast in ${table.file}, got a second one in row ${line}`);
    seen.add(key);
    return { key, cells, line, cellOf };
  });
}
