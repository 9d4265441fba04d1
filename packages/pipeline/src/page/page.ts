import { type Html, html, rawHtml } from "@mammo/files";

/** A self-contained HTML page: no script, nothing fetched, light and dark. */
export const page = (title: string, body: Html): string => `${pageHead(title)}${body.html}${pageFoot}`;

/** No script at all, nothing fetched, nothing sent: pictures lie in the page. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page up to its body, and what follows the body: for pages that are written piece by piece. `style` is CSS of ours that the page has beside that of all pages. */
export const pageHead = (title: string, style = ""): string =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>
:root{color-scheme:light dark;--ink:#1c2024;--paper:#fff;--line:#d9dde2;--quiet:#5b6470}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#16181c;--line:#363b42;--quiet:#9aa3ad}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;max-width:1120px;padding:0 1.2rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2.2rem}table{border-collapse:collapse}td,th{padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left}.row{display:flex;flex-wrap:wrap;gap:1.4rem}figure{margin:0}figcaption,.quiet{color:var(--quiet);font-size:.85rem}code{overflow-wrap:anywhere}
.blocks th,.blocks .words,.blocks td:first-child{white-space:normal}.blocks .words,.blocks td:first-child{overflow-wrap:anywhere;min-width:5rem}.blocks .words{text-align:left}.blocks th{vertical-align:bottom}.mp{max-width:100%;height:auto}
@media(max-width:900px){.blocks,.blocks tbody,.blocks tr,.blocks td{display:block}.blocks tr:first-child{display:none}.blocks tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
.blocks td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.05rem 0;white-space:normal;overflow-wrap:anywhere}.blocks .words[data-head]{text-align:right}.blocks td:first-child{font-weight:600;text-align:left}.blocks td[data-head]::before{content:attr(data-head);color:var(--quiet);text-align:left}}
${rawHtml(style)}</style></head><body>
`.html;

/** The end of every page. */
export const pageFoot = `
<p class="quiet">Not a medical device. For research only.</p>
</body></html>
`;
