import { basename, dirname, extname, join } from "node:path";
import type { ReportContent } from "./markdownReport.ts";
import type { Table } from "./tables.ts";

/** A LaTeX document, and what it is put together from. */
export interface LatexReport {
  readonly text: string;
  /** One `tabular` each, to be taken into a paper by `\input`. */
  readonly tables: readonly { readonly path: string; readonly content: string }[];
  /** Where it looks for the figure of each name, as PDF. */
  readonly figures: readonly { readonly name: string; readonly path: string }[];
}

/** Longer tables than this are cut: a page holds some fifty lines, and numbers by the thousand belong into a file of numbers. */
const rowsAPart = 45;
const mostRows = 450;

/**
 * The report as a LaTeX document that needs `graphicx` only; its tables are files of plain `tabular` (no package) in a folder that is named like it, its figures PDF files there.
 *
 * Letters beyond Latin ones are written as their code points, such as [U+4E2D]: the engines differ in what they know of them.
 */
export function latexReport({ path, title, about, tables, figures }: ReportContent & { readonly path: string }): LatexReport {
  const folder = basename(path, extname(path)).replace(/[^\w.-]+/g, "-");
  const names = slugs(tables.map((table) => table.title));
  const parts = tables.flatMap(({ rows }, k) =>
    partsOf(rows).map((part, p, all) => ({ name: all.length === 1 ? names[k]! : `${names[k]}-${p + 1}`, part, k })),
  );
  const input = (name: string) =>
    `\\begin{center}\\small\n\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{\\input{${folder}/${name}.tex}}\n\\end{center}`;
  const lines = [
    "\\documentclass{article}",
    "\\usepackage{graphicx}",
    "\\setlength{\\textwidth}{16.5cm}\\setlength{\\oddsidemargin}{-0.3cm}\\setlength{\\textheight}{23cm}\\setlength{\\topmargin}{-1.5cm}",
    "\\renewcommand{\\labelitemi}{$\\bullet$}",
    "\\begin{document}",
    `\\section*{${escapeLatex(title)}}`,
    "\\begin{itemize}\\raggedright",
    ...about.map((line) => `\\item ${escapeLatex(line)}`),
    "\\end{itemize}",
    ...tables.flatMap((table, k) => [
      `\\subsection*{${escapeLatex(table.title)}}`,
      ...parts.filter((part) => part.k === k).map(({ name }) => input(name)),
      ...(table.rows.length - 1 > mostRows ? [`\\noindent The first ${mostRows} of ${table.rows.length - 1} rows.`] : []),
    ]),
    ...figures.map(
      ({ name, caption }) =>
        `\\begin{center}\n\\includegraphics[width=0.75\\linewidth]{${folder}/${name}.pdf}\n\n{\\small ${escapeLatex(caption)}}\n\\end{center}`,
    ),
    "\\noindent Not a medical device. For research only.",
    "\\end{document}",
  ];
  return {
    text: `${lines.join("\n")}\n`,
    tables: parts.map(({ name, part }) => ({ path: join(dirname(path), folder, `${name}.tex`), content: latexTable(part) })),
    figures: figures.map(({ name }) => ({ name, path: join(dirname(path), folder, `${name}.pdf`) })),
  };
}

/** Rows of cells as a plain `tabular`, the first row as heads; numbers to the right, words to the left. */
function latexTable([heads = [], ...rows]: Table): string {
  const line = (cells: readonly (string | number)[]) => `${cells.map((cell) => escapeLatex(String(cell))).join(" & ")} \\\\`;
  const sides = heads.map((_, column) => (column > 0 && rows.every((row) => /^(?:[-−\d<(]|undefined|one |$)/.test(String(row[column]))) ? "r" : "l"));
  return `${[`\\begin{tabular}{${sides.join("")}}`, "\\hline", line(heads), "\\hline", ...rows.map(line), "\\hline", "\\end{tabular}"].join("\n")}%\n`;
}

function partsOf([heads = [], ...rows]: Table): readonly Table[] {
  const shown = rows.slice(0, mostRows);
  const parts: Table[] = [];
  for (let from = 0; from < shown.length || from === 0; from += rowsAPart) parts.push([heads, ...shown.slice(from, from + rowsAPart)]);
  return parts;
}

/** Names of files out of titles: their first words, each name once. */
function slugs(titles: readonly string[]): readonly string[] {
  const given = new Set<string>();
  return titles.map((title) => {
    const words =
      title
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, 40)
        .replace(/^-|-$/g, "") || "table";
    let name = words;
    for (let k = 2; given.has(name); k++) name = `${words}-${k}`;
    given.add(name);
    return name;
  });
}

const marks: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  _: "\\_",
  "%": "\\%",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "''",
  // Two in a row would become a dash.
  "-": "-{}",
  // At the beginning of a row they would be read as an option of the line end before it.
  "[": "{[}",
  "*": "{*}",
  "−": "$-$",
  "–": "--",
  "—": "---",
  "×": "$\\times$",
  "²": "\\textsuperscript{2}",
  "≤": "$\\leq$",
  "≥": "$\\geq$",
  "±": "$\\pm$",
  "…": "\\ldots{}",
};

/** Text that LaTeX sets as it is: no command, comment, formula or cell begins in it. */
function escapeLatex(text: string): string {
  const plain = text.replace(/[\s\p{Cc}]+/gu, " ").replace(/(?<![\w.)\]])-(?=[\d.])/g, "−");
  return plain.replace(
    /[^A-Za-z0-9 ]/gu,
    (mark) => marks[mark] ?? (isLatin(mark) ? mark : `{[}U+${mark.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`),
  );
}

/** Printable ASCII and the letters with accents of European languages, which every LaTeX since 2018 knows. */
const isLatin = (mark: string): boolean => /[!-~]|(?=\p{L})[\u00C0-\u017F]/u.test(mark);
