const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Cells as one line of a table, tabs between: backslashes, tabs and ends of lines in them, as names of files may hold, are escaped. */
export const tsvRow = (cells: readonly (string | number | undefined)[]): string =>
  cells.map((cell) => String(cell ?? "").replace(/[\\\t\n\r]/g, (letter) => escapes[letter]!)).join("\t");
