import { type Html, html } from "@mammo/files";

/** Rows of cells as an HTML table, the first row as heads. In a narrow window each row becomes a block, so that nothing has to be scrolled sideways: see `page`. */
export const htmlTable = ([heads = [], ...rows]: readonly (readonly (string | number)[])[]): Html =>
  html`<table class="blocks"><tr>${heads.map((cell) => html`<th>${cell}</th>`)}</tr>${rows.map((row) => html`<tr>${row.map((cell, column) => (column === 0 ? html`<td>${cell}</td>` : html`<td data-head="${heads[column] ?? ""}">${cell}</td>`))}</tr>`)}</table>`;
