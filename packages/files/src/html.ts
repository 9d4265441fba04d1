/** Text that is HTML (or SVG) already; only `html` and `rawHtml` make it. */
export interface Html {
  readonly html: string;
}

/** What a template takes: texts and numbers are escaped, HTML is not, lists are joined, nothing is left out where there is nothing. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/**
 * A template whose values cannot inject markup: each is escaped for element content and quoted attributes, unless it is `Html` itself.
 *
 * @example
 * html`<td title="${name}">${rows.map((row) => html`<b>${row}</b>`)}</td>`.html;
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: parts.reduce((text, part, index) => text + markup(values[index - 1]) + part) };
}

/** Vouches for text that is HTML already, such as a plot's SVG. Never for text from a file. */
export const rawHtml = (text: string): Html => ({ html: text });

/** Text for element content and quoted attributes; marks of direction, which would turn the words around them, and control characters become U+FFFD. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']|(?![\t\n\f\r])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (mark) => entities[mark] ?? "\ufffd");

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function markup(value: HtmlValue): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return "html" in value ? value.html : value.map(markup).join("");
}
