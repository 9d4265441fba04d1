import { type Html, html } from "@mammo/files";

type Cell = string | number;

/**
 * Rows of cells as an HTML table, the first row as heads. Words stand to the left and may break; in a narrow window each row becomes a block, so that nothing has to be scrolled
 * sideways: see `page`.
 */
export function htmlTable([heads = [], ...rows]: readonly (readonly Cell[])[]): Html {
  const isWords = heads.map((_, column) => column > 0 && rows.length > 0 && rows.every((row) => !isNumber(row[column] ?? "")));
  const headCell = (head: Cell, column: number) => (isWords[column] ? html`<th class="words">${head}</th>` : html`<th>${head}</th>`);
  const cell = (value: Cell, column: number): Html => {
    if (column === 0) return html`<td>${value}</td>`;
    return isWords[column]
      ? html`<td class="words" data-head="${heads[column]!}">${value}</td>`
      : html`<td data-head="${heads[column] ?? ""}">${value}</td>`;
  };
  return html`<table class="blocks"><tr>${heads.map(headCell)}</tr>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</table>`;
}

const isNumber = (cell: Cell): boolean => typeof cell === "number" || /^([-−<(]? ?[\d.]|(F|X²) = |$)/.test(cell);
