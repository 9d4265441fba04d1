import { basename, dirname, extname, join } from "node:path";
import type { Picture } from "./pictures.ts";
import type { Table } from "./tables.ts";

interface Page {
  readonly path: string;
  readonly title: string;
  readonly about: readonly string[];
  readonly tables: readonly { readonly title: string; readonly rows: Table }[];
  readonly pictures: readonly Picture[];
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  /** How it was made. */
  readonly command: string;
}

/** The report as Markdown, its pictures as files in a folder that is named like the page. */
export function markdownPage({ path, title, about, tables, pictures, inputs, command }: Page) {
  const folder = basename(path, extname(path));
  const parts = [
    `# ${title}`,
    `Made from ${inputs.map(({ file, sha256 }) => `${file} (SHA-256 \`${sha256.slice(0, 16)}…\`)`).join(" and ")} by`,
    `\`\`\`sh\n${command}\n\`\`\``,
    about.map((line) => `- ${line}`).join("\n"),
    ...pictures.map(({ name, caption }) => `![${caption}](${folder}/${name}.svg)\n\n*${caption}*`),
    ...tables.flatMap(({ title, rows }) => [`## ${title}`, markdownTable(rows)]),
    "Not a medical device. For research only.",
  ];
  return {
    text: `${parts.join("\n\n")}\n`,
    files: pictures.map(({ name, svg }) => ({ path: join(dirname(path), folder, `${name}.svg`), content: svg })),
  };
}

function markdownTable([heads, ...rows]: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads!), line(heads!.map((_, k) => (k === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
