/** Rows of text in aligned columns, numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map(String));
  const widths = texts[0]!.map((_, column) => Math.max(...texts.map((row) => row[column]!.length)));
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
