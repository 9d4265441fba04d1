import { escapeHtml } from "@mammo/files";
import { requireKnownKeys } from "@mammo/mammogram";
import type { CalibrationBin } from "../calibration/calibrationCurve.ts";
import { frame, px } from "./frame.ts";

/** Words and axes of a reliability diagram. */
export interface ReliabilityPlotOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Upper end of both axes; default 1. Screening risks need less. */
  readonly maximum?: number;
}

/**
 * Reliability diagram as an SVG text: observed share against mean probability, the area of a dot growing with its count.
 *
 * @example reliabilityPlot(calibrationCurve(labels, probabilities, { strategy: "quantile" }), { maximum: 0.1 });
 */
export function reliabilityPlot(bins: readonly CalibrationBin[], options: ReliabilityPlotOptions = {}): string {
  requireKnownKeys("reliabilityPlot", options, { title: true, subtitle: true, maximum: true });
  const { title = "Reliability", subtitle, maximum = 1 } = options;
  const domain = [0, maximum] as const;
  const canvas = frame({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    x: { label: "mean predicted probability", domain },
    y: { label: "observed share", domain },
  });
  const { x, y } = canvas;
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const shown = bins.filter(({ predicted, observed }) => predicted <= maximum && observed <= maximum);
  const line = shown.map(({ predicted, observed }, k) => `${k === 0 ? "M" : "L"}${px(x(predicted))} ${px(y(observed))}`).join("");
  return canvas.svg([
    `<path class="chance" d="M${px(x(0))} ${px(y(0))}L${px(x(maximum))} ${px(y(maximum))}"/>`,
    `<path class="line s0" d="${line}"/>`,
    ...shown.map(({ predicted, observed, count }) => {
      const words = escapeHtml(`${count} cases: predicted ${predicted.toPrecision(3)}, observed ${observed.toPrecision(3)}`);
      return `<circle class="f0" r="${px(3 + 9 * Math.sqrt(count / total))}" fill-opacity="0.7" cx="${px(x(predicted))}" cy="${px(y(observed))}"><title>${words}</title></circle>`;
    }),
    ...(shown.length < bins.length
      ? [
          `<text class="quiet" x="${px(canvas.left + 8)}" y="${px(canvas.top + 16)}">${bins.length - shown.length} of ${bins.length} bins lie outside</text>`,
        ]
      : []),
  ]);
}
