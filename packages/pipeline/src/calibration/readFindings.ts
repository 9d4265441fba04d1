import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type LabeledFinding, logit } from "@mammo/ensemble";
import { keyOf } from "../evaluation/caseKeys.ts";
import { columnOf, decimalOf, isMissing, type Rows, shown, tableError } from "../evaluation/rows.ts";
import { keys, read } from "./readBreasts.ts";

/**
 * A folder of `npm run predict` -> findings of known truth: those of findings.tsv whose `cancer` is told, with `logit` of their breast's calibrated probability. Empty where the cohort marks no
 * lesions, and where the table does not tell how far findings lie below their breast.
 *
 * @throws PipelineError `table` for tables that are not as `predictCohort` writes them.
 * @example const findings = await readFindings("runs/predict-dream");
 */
export async function readFindings(folder: string): Promise<readonly LabeledFinding[]> {
  if (!(await readdir(folder)).includes("findings.tsv")) return [];
  const [breasts, findings] = await Promise.all(["predictions.tsv", "findings.tsv"].map((name) => read(join(folder, name), name)));
  // Of an earlier version.
  if (!findings!.columns.includes("peakBelow")) return [];
  const probabilityOf = new Map(rowsOf(breasts!).map(({ key, cellOf }) => [key, decimalOf(cellOf("confidence"))]));
  return rowsOf(findings!).flatMap(({ key, line, cellOf }): readonly LabeledFinding[] => {
    const cancer = cellOf("cancer");
    if (isMissing(cancer)) return [];
    const probability = probabilityOf.get(key);
    if (probability === undefined || !(probability >= 0 && probability <= 1))
      throw tableError(`Expected the breast of row ${line} of findings.tsv in predictions.tsv with a probability, got none`);
    if (cancer !== "0" && cancer !== "1")
      throw tableError(`Expected cancer in row ${line} of findings.tsv to be 0, 1 or empty, got ${shown(cancer)}`);
    const below = { view: decimalOf(cellOf("viewBelow")), peak: decimalOf(cellOf("peakBelow")) };
    for (const [part, distance] of Object.entries(below))
      if (!(distance <= 0))
        throw tableError(`Expected ${part}Below in row ${line} of findings.tsv to be 0 or less, got ${shown(cellOf(`${part}Below`))}`);
    return [{ breastLogit: logit(probability), below, cancer: cancer === "1" ? 1 : 0 }];
  });
}

const rowsOf = (table: Rows) =>
  table.rows.map(({ cells, line }) => {
    const cellOf = (name: string): string => cells[columnOf(table, name)]!;
    return { key: keyOf(keys, cellOf, table, line), line, cellOf };
  });
