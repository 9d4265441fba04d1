// The folds of a folder together: every woman scored by a model that has not seen her.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseDelimited } from "@mammo/files";
import { readFileIfThere } from "@mammo/files/node";
import type { Laterality } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { PipelineError } from "../../pipelineError.ts";
import { evaluateTestSet, type TestMetrics } from "../../predict/evaluateTestSet.ts";
import { type BreastPrediction, poolBreasts } from "../../predict/predictViews.ts";
import { filmTable } from "./testDdsm.ts";

/** Metrics of all finished folds of a folder. */
export interface PooledFolds {
  /** Names of the folds' folders. */
  readonly folds: readonly string[];
  readonly films: TestMetrics;
  readonly breasts: TestMetrics;
}

/**
 * Reads predictions_images.tsv of each `fold-K` of a folder and scores them together by logit, intervals by woman; undefined where no fold is finished.
 *
 * @throws PipelineError `table` where a table is not as `testDdsm` writes it.
 */
export async function poolFolds(out: string, options: { readonly seed: number }): Promise<PooledFolds | undefined> {
  requireKnownKeys("poolFolds", options, { seed: true });
  const { seed } = options;
  const folds: string[] = [];
  const films: BreastPrediction[] = [];
  for (const name of (await readdir(out)).filter((one) => /^fold-\d$/.test(one)).sort()) {
    const bytes = await readFileIfThere(join(out, name, filmTable));
    if (bytes === undefined) continue;
    folds.push(name);
    for (const film of readFilms(new TextDecoder().decode(bytes), `${name}/${filmTable}`)) films.push(film);
  }
  if (folds.length === 0) return undefined;
  const breasts = poolBreasts(films.map(({ logit, ...view }) => ({ view, logit })));
  return { folds, films: evaluateTestSet(films, { seed }), breasts: evaluateTestSet(breasts, { seed }) };
}

function readFilms(text: string, name: string): BreastPrediction[] {
  const { columns, rows } = parseDelimited(text, { separator: "\t" });
  const place = (column: string): number => {
    const at = columns.indexOf(column);
    if (at < 0) throw new PipelineError("table", `${name}: expected a column ${column}`);
    return at;
  };
  const [patient, laterality, cancer, logit] = ["patient", "laterality", "cancer", "logit"].map(place) as [number, number, number, number];
  return rows
    .filter(({ cells }) => cells[cancer] !== "")
    .map(({ cells, line }) => {
      const score = Number(cells[logit]);
      if (!Number.isFinite(score) || !["0", "1"].includes(cells[cancer]!))
        throw new PipelineError("table", `${name} row ${line}: expected a number as logit and 0 or 1 as cancer`);
      return { patientId: cells[patient]!, laterality: cells[laterality] as Laterality, cancer: Number(cells[cancer]) as 0 | 1, logit: score };
    });
}
