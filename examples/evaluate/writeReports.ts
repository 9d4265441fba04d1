import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { htmlReport, type ReportContent } from "@mammo/pipeline";
import { latexReport, markdownReport } from "@mammo/pipeline/node";
import type { OutputFolder } from "../cli/outputFolder.ts";
import { csvTables } from "./csvTables.ts";
import type { Evaluation } from "./evaluations.ts";
import type { EvaluateOptions } from "./options.ts";
import { type PictureFiles, pictureFiles } from "./pictureFiles.ts";

/** The folders that a call names, claimed before the work begins. */
export interface ReportFolders {
  readonly out: OutputFolder | undefined;
  readonly csv: OutputFolder | undefined;
  readonly plots: OutputFolder | undefined;
}

/** Which files of these folders are this program's. */
export const isReport = {
  out: (path: string) => /^evaluation\.(json|html)$/.test(path),
  csv: (path: string) => /^[\w-]+\.csv$/.test(path),
  plots: (path: string) => /^[\w-]+\.(svg|pdf|png)$/.test(path),
} as const satisfies Readonly<Record<keyof ReportFolders, (path: string) => boolean>>;

/** What was evaluated, and how it was asked for. */
interface Report extends Pick<Evaluation, "result" | "inputs"> {
  readonly content: ReportContent;
  readonly values: EvaluateOptions;
  readonly argv: readonly string[];
  readonly paths: readonly string[];
}

/** Writes all that a call asks for; gives a line on each. */
export async function writeReports(
  { result, inputs, content, values, argv, paths }: Report,
  { out, csv, plots }: ReportFolders,
): Promise<readonly string[]> {
  const written: string[] = [];
  const drawn = new Map<string, PictureFiles>();
  if (plots || values.latex !== undefined) for (const { name, svg } of content.figures) drawn.set(name, await pictureFiles(svg));
  if (out) {
    await out.write("evaluation.json", json({ inputs, ...result }));
    await out.write("evaluation.html", htmlReport(content));
    await out.commit();
    written.push(`wrote ${join(values.out!, "evaluation.json")} and evaluation.html`);
  }
  if (csv) {
    const tables = csvTables(result);
    for (const { name, text } of tables) await csv.write(name, text);
    await csv.commit();
    written.push(`wrote ${tables.length} tables in ${values.csv}`);
  }
  if (plots) {
    for (const { name, svg } of content.figures)
      for (const [ending, bytes] of Object.entries({ svg, ...drawn.get(name)! })) await plots.write(`${name}.${ending}`, bytes);
    await plots.commit();
    written.push(`wrote ${content.figures.length} plots as SVG, PDF and PNG in ${values.plots}`);
  }
  if (values.markdown !== undefined) {
    const { text, files } = markdownReport({ ...content, path: values.markdown, inputs, command: commandOf(argv, paths) });
    for (const { path, content } of files) await writeFileAtomically(path, content);
    await writeFileAtomically(values.markdown, text);
    written.push(`wrote ${values.markdown} and ${files.length} pictures in ${relative(".", dirname(files[0]!.path))}`);
  }
  if (values.latex !== undefined) {
    const { text, tables, figures } = latexReport({ ...content, path: values.latex });
    for (const { path, content } of tables) await writeFileAtomically(path, content);
    for (const { name, path } of figures) await writeFileAtomically(path, drawn.get(name)!.pdf);
    await writeFileAtomically(values.latex, text);
    written.push(
      `wrote ${values.latex}, and ${tables.length} tables and ${figures.length} figures for it in ${relative(".", dirname(figures[0]!.path))}`,
    );
  }
  return written;
}

/** A word that a shell takes as it is, whatever it holds. */
function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const elsewhere = ["--out", "--csv", "--plots", "--latex"];

/** The call without what it wrote elsewhere and the folders of this machine, so that a page can say how it was made; each word as a shell takes it. */
function commandOf(words: readonly string[], paths: readonly string[]): string {
  const kept = words.filter((word, k) => !elsewhere.some((option) => word === option || words[k - 1] === option || word.startsWith(`${option}=`)));
  const named = kept.map((word) => (paths.includes(word) || isAbsolute(word) ? basename(word) : word));
  const quoted = named.map((word) => (/^[\w./-]+$/.test(word) ? word : shellQuoted(word)));
  return `npm run evaluate -- ${quoted.join(" ")}`;
}
