// Text formats
export { escapeHtml, type Html, type HtmlValue, html, rawHtml } from "./html.ts";
export { escapeMarkdown, markdownTable } from "./markdown.ts";
export { escapeTerminal } from "./terminal.ts";
export { type DelimitedOptions, type DelimitedRow, type DelimitedTable, formatDelimited, parseDelimited } from "./delimited.ts";
export { type JsonLimits, json, jsonLine, parseJson } from "./json.ts";
export { countLineEnds, linesOf } from "./lines.ts";

// What goes wrong
export { FilesError, type FilesErrorCode } from "./filesError.ts";
