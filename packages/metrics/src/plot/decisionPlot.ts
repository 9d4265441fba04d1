import { minMax, requireKnownKeys } from "@mammo/mammogram";
import type { NetBenefit } from "../screening/netBenefit.ts";
import { frame, pathThrough } from "./frame.ts";

/** What is written above the curves. */
export interface DecisionPlotOptions {
  readonly title?: string;
  readonly subtitle?: string;
}

/**
 * Decision curves as an SVG text: net benefit per 1000 cases against the threshold probability, with "recall all" and "recall none".
 *
 * All curves must have been computed at the same thresholds.
 *
 * @throws RangeError for no curve or an empty one.
 * @example decisionPlot([{ name: "model", curve: netBenefit(labels, probabilities) }]);
 */
export function decisionPlot(
  curves: readonly { readonly name: string; readonly curve: readonly NetBenefit[] }[],
  options: DecisionPlotOptions = {},
): string {
  requireKnownKeys("decisionPlot", options, { title: true, subtitle: true });
  const { title = "Decision curve", subtitle } = options;
  const first = curves[0]?.curve ?? [];
  if (first.length < 2) throw new RangeError(`Expected at least one curve of at least 2 thresholds, got ${first.length}`);
  const thresholds = first.map(({ threshold }) => threshold);
  const benefits = curves.map(({ curve }) => curve.map(({ model }) => 1000 * model));
  const all = first.map((point) => 1000 * point.all);
  const [lowest, most] = minMax([0, ...all, ...benefits.flat()]);
  // A curve that harms more than the best one helps may leave the canvas.
  const least = Math.max(-most / 2, lowest) || -1;
  const canvas = frame({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    width: 560,
    height: 380,
    x: { label: "threshold probability", domain: [thresholds[0]!, thresholds.at(-1)!] },
    y: { label: "net benefit per 1000", domain: [least, most * 1.05 || 1] },
  });
  const path = (values: readonly number[]) =>
    pathThrough(
      canvas,
      thresholds,
      values.map((value) => (value >= least ? value : NaN)),
    );
  return canvas.svg(
    [
      `<path class="chance" d="${path(thresholds.map(() => 0))}"/>`,
      `<path class="thin s7" d="${path(all)}"/>`,
      ...benefits.map((values, s) => `<path class="line s${s % 8}" d="${path(values)}"/>`),
    ],
    [...curves.map(({ name }, series) => ({ name, series })), { name: "recall all (none: dashed)", series: 7 }],
  );
}
