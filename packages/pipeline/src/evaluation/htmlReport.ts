import { html, rawHtml } from "@mammo/files";
import { htmlTable } from "../page/htmlTable.ts";
import { page } from "../page/page.ts";
import type { ReportContent } from "./markdownReport.ts";

/** The report as one self-contained HTML page. */
export function htmlReport({ title, about, tables, figures }: ReportContent): string {
  return page(
    title,
    html`<h1>${title}</h1><ul>${about.map((line) => html`<li>${line}</li>`)}</ul>
<div class="row">${figures.map(({ svg, caption }) => html`<figure style="max-width:540px">${rawHtml(svg)}<figcaption>${caption}</figcaption></figure>`)}</div>
${tables.map((table) => html`<h2>${table.title}</h2>${htmlTable(table.rows)}`)}`,
  );
}
