import { escapeHtml } from "@mammo/files";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { frame, px } from "./frame.ts";

/** One line of a forest picture. */
export interface ForestRow {
  readonly name: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** 0 ... 7, the color; default 0. */
  readonly series?: number;
}

/** Words, axis and reference line of a forest plot. */
export interface ForestPlotOptions {
  readonly title?: string;
  readonly subtitle?: string;
  readonly label?: string;
  readonly domain?: readonly [low: number, high: number];
  /** A dashed upright line: no difference, chance. */
  readonly reference?: number;
}

/**
 * Estimates with their intervals, one line each, as an SVG text: readers, models, subgroups. Rows that are NaN stay empty.
 *
 * @example forestPlot(rows, { label: "AUROC", domain: [0.5, 1] });
 */
export function forestPlot(rows: readonly ForestRow[], options: ForestPlotOptions = {}): string {
  requireKnownKeys("forestPlot", options, { title: true, subtitle: true, label: true, domain: true, reference: true });
  const { title = "Estimates", subtitle, label = "estimate", domain = [0, 1], reference } = options;
  // Seven pixels a letter at twelve pixels' size; an axis that starts further right holds longer names.
  const names = Math.max(62, 24 + 7 * Math.max(0, minMax(rows.map(({ name }) => name.length))[1]));
  const canvas = frame({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    width: 420 + names,
    height: 120 + 22 * rows.length,
    margin: names,
    x: { label, domain },
    y: { label: "", domain: [rows.length, 0], ticks: [] },
  });
  const body = rows.map(({ name, estimate, low, high, series = 0 }, k) => {
    const line = canvas.y(k + 0.5);
    const text = `<text text-anchor="end" x="${px(canvas.left - 8)}" y="${px(line + 4)}">${escapeHtml(name)}</text>`;
    if (!Number.isFinite(estimate + low + high)) return text;
    const within = (value: number) => px(canvas.x(Math.min(domain[1], Math.max(domain[0], value))));
    return `${text}<path class="line s${series % 8}" d="M${within(low)} ${px(line)}H${within(high)}"/><circle class="f${series % 8}" r="4" cx="${within(estimate)}" cy="${px(line)}"/>`;
  });
  if (reference !== undefined) body.unshift(`<path class="chance" d="M${px(canvas.x(reference))} ${px(canvas.top)}V${px(canvas.bottom)}"/>`);
  return canvas.svg(body);
}
