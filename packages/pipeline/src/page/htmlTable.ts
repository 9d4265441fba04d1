import { type Html, html } from "@mammo/files";

/** Rows of cells as an HTML table, the first row as heads. */
export const htmlTable = ([heads = [], ...rows]: readonly (readonly (string | number)[])[]): Html =>
  html`<table><tr>${heads.map((cell) => html`<th>${cell}</th>`)}</tr>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</table>`;
