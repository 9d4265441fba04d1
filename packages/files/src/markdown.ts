/**
 * Text that Markdown shows as it is: no emphasis, link, image, code, table cell or HTML begins in it, and it stays on one line. Documented (CommonMark 0.31, section 2.4).
 */
export const escapeMarkdown = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, " ").replace(/[\\`*_{}[\]()<>#+!|~&]/g, (mark) => `\\${mark}`);

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
