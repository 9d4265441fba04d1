import { escapeTerminal } from "@mammo/files";

/** Rows of text in aligned columns, numbers to the right; no cell moves the terminal's cursor. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => escapeTerminal(String(cell))));
  const widths = texts[0]!.map((_, column) => texts.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  const numeric = texts[0]!.map((_, column) => texts.slice(1).every((row) => /^[-–\d.[( ]/.test(row[column]!) || row[column] === ""));
  return `${texts
    .map((row) =>
      row
        .map((text, column) => (numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`;
}
