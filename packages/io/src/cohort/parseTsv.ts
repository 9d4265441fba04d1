import { parseTable, type TableOptions, type TableRow } from "./table.ts";

/**
 * Tab-separated text with a header row, as the DREAM challenge writes it -> rows. Quotes are letters like any other, missing cells at a row's end are empty, rows of nothing but empty cells are skipped.
 *
 * @throws CohortError `missing-column`, `duplicate-row` for a column named twice, or `invalid-value` for a row with too many cells.
 */
export const parseTsv = (text: string, options: TableOptions): readonly TableRow[] =>
  parseTable(text, options, { separator: "\t", quotes: false, ragged: true });
