/**
 * Text that Markdown shows as it is: no emphasis, link, image, code, formula, table cell, mention or HTML begins in it, and it stays on one line.
 *
 * Documented (CommonMark 0.31, section 2.4; GitHub's links without brackets, formulas and mentions by their own documentation). A comment parts a mention's mark from its name, as GitHub looks for those in what is shown.
 */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/[\\`*_{}[\]()<>#+!|~&$]/g, (mark) => `\\${mark}`)
    .replace(/:\/\//g, "\\:\\/\\/")
    .replace(/\bwww\./gi, (mark) => `${mark.slice(0, 3)}\\.`)
    .replace(/@(?=[\w-])/g, "@<!-- -->");

/**
 * Rows as a GitHub table, the first row as heads; numbers to the right, all columns but the first. Cells are escaped.
 *
 * @example markdownTable([["reader", "AUROC"], ["A", "0.81"]]);
 */
export function markdownTable([heads = [], ...rows]: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map((cell) => escapeMarkdown(String(cell))).join(" | ")} |`;
  const rule = `| ${heads.map((_, column) => (column === 0 ? "---" : "---:")).join(" | ")} |`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}
