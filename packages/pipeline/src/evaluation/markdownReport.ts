import { basename, dirname, extname, join } from "node:path";
import { escapeMarkdown, markdownTable } from "@mammo/files";
import type { Figure } from "./figures.ts";
import type { Table } from "./tables.ts";

/** What a report says, in any form. */
export interface ReportContent {
  readonly title: string;
  readonly about: readonly string[];
  readonly tables: readonly { readonly title: string; readonly rows: Table }[];
  readonly figures: readonly Figure[];
}

/** Where a Markdown report lies, and what it was made from. */
export interface MarkdownReport extends ReportContent {
  readonly path: string;
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  /** How it was made. */
  readonly command: string;
}

/** The report as Markdown, its figures as files in a folder that is named like the page. */
export function markdownReport({ path, title, about, tables, figures, inputs, command }: MarkdownReport) {
  const folder = basename(path, extname(path));
  const parts = [
    `# ${escapeMarkdown(title)}`,
    `Made from ${inputs.map(({ file, sha256 }) => `${escapeMarkdown(file)} (SHA-256 \`${sha256.slice(0, 16)}…\`)`).join(" and ")} by`,
    `\`\`\`sh\n${command.replace(/[\r\n]+/g, " ")}\n\`\`\``,
    about.map((line) => `- ${escapeMarkdown(line)}`).join("\n"),
    ...figures.map(({ name, caption }) => `![${escapeMarkdown(caption)}](${encodeURI(folder)}/${name}.svg)\n\n*${escapeMarkdown(caption)}*`),
    ...tables.flatMap(({ title, rows }) => [`## ${escapeMarkdown(title)}`, markdownTable(rows)]),
    "Not a medical device. For research only.",
  ];
  return {
    text: `${parts.join("\n\n")}\n`,
    files: figures.map(({ name, svg }) => ({ path: join(dirname(path), folder, `${name}.svg`), content: svg })),
  };
}
