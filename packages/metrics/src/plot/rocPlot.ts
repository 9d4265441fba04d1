import { escapeHtml } from "@mammo/files";
import { requireKnownKeys } from "@mammo/mammogram";
import type { RocBand } from "../intervals/rocBand.ts";
import type { RocCurve } from "../roc/rocCurve.ts";
import { frame, pathThrough, px } from "./frame.ts";

/** One curve of a ROC picture. */
export interface RocSeries {
  readonly name: string;
  readonly curve: Pick<RocCurve, "falsePositiveRate" | "truePositiveRate">;
  /** Drawn as a band around the curve. */
  readonly band?: RocBand;
  /** True: a thin line without a line in the key, for many readers at once. */
  readonly faint?: boolean;
}

/** One operating point: a radiologist, a published result. */
export interface RocMark {
  readonly name: string;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** Words, shaded strip and single points of an ROC plot. */
export interface RocPlotOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Shades the strip that a partial area is taken over. */
  readonly region?: { readonly minTruePositiveRate: number } | { readonly maxFalsePositiveRate: number };
  readonly marks?: readonly RocMark[];
}

/**
 * ROC curves as an SVG text: light and dark by the reader's color scheme, the same bytes for the same data.
 *
 * @example await writeFile("roc.svg", rocPlot([{ name: "model", curve: rocCurve(labels, scores) }], { region: { minTruePositiveRate: 0.8 } }));
 */
export function rocPlot(curves: readonly RocSeries[], options: RocPlotOptions = {}): string {
  requireKnownKeys("rocPlot", options, { title: true, subtitle: true, region: true, marks: true });
  const { title = "ROC", subtitle, region, marks = [] } = options;
  const rate = { domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] } as const;
  const canvas = frame({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    x: { label: "1 − specificity", ...rate },
    y: { label: "sensitivity", ...rate },
  });
  const { x, y } = canvas;
  const named = curves.filter(({ faint }) => !faint);
  const body = [`<path class="chance" d="M${px(x(0))} ${px(y(0))}L${px(x(1))} ${px(y(1))}"/>`];
  if (region !== undefined) {
    const [right, bottom] = "minTruePositiveRate" in region ? [1, region.minTruePositiveRate] : [region.maxFalsePositiveRate, 0];
    body.unshift(`<path class="region" d="M${px(x(0))} ${px(y(1))}H${px(x(right))}V${px(y(bottom))}H${px(x(0))}Z"/>`);
  }
  for (const { curve } of curves.filter(({ faint }) => faint))
    body.push(`<path class="thin s7" d="${pathThrough(canvas, curve.falsePositiveRate, curve.truePositiveRate)}"/>`);
  named.forEach(({ band }, s) => {
    if (band === undefined) return;
    const back = (list: ArrayLike<number>) => Array.from(list).reverse();
    const outline = pathThrough(
      canvas,
      [...Array.from(band.falsePositiveRate), ...back(band.falsePositiveRate)],
      [...Array.from(band.low), ...back(band.high)],
    );
    body.push(`<path class="band f${s % 8}" d="${outline}Z"/>`);
  });
  named.forEach(({ curve }, s) => {
    body.push(`<path class="line s${s % 8}" d="${pathThrough(canvas, curve.falsePositiveRate, curve.truePositiveRate)}"/>`);
  });
  for (const { name, falsePositiveRate, truePositiveRate } of marks)
    body.push(
      `<circle class="f7" r="4" cx="${px(x(falsePositiveRate))}" cy="${px(y(truePositiveRate))}"><title>${escapeHtml(name)}</title></circle>`,
    );
  return canvas.svg(
    body,
    named.map(({ name }, series) => ({ name, series })),
  );
}
