import { parseTable, type TableOptions, type TableRow } from "./table.ts";

/**
 * Comma-separated text (RFC 4180), or text with another separator, with a header row -> rows. Cells are trimmed, empty lines skipped; a quoted cell may hold commas, doubled quotes and line ends.
 * A row's `line` is the line of the file where it begins.
 *
 * @throws CohortError `missing-column`, `duplicate-row` for a column named twice, or `invalid-value` for misplaced quotes and rows of another length.
 */
export const parseCsv = (
  text: string,
  { separator = ",", ...options }: TableOptions & { readonly separator?: "," | ";" | "\t" },
): readonly TableRow[] => parseTable(text, options, { separator });
