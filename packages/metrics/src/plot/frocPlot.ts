import { requireKnownKeys } from "@mammo/mammogram";
import type { FrocCurve } from "../marks/frocCurve.ts";
import { frame, pathThrough } from "./frame.ts";

/** Words and axis of an FROC plot. */
export interface FrocPlotOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Right end of the axis; default 4 false marks per image, as DBTex counts. */
  readonly maxFalseMarks?: number;
}

/**
 * Free-response curves as an SVG text: lesion sensitivity against false marks per image.
 *
 * @example frocPlot([{ name: "RetinaNet", curve: frocCurve(images) }]);
 */
export function frocPlot(curves: readonly { readonly name: string; readonly curve: FrocCurve }[], options: FrocPlotOptions = {}): string {
  requireKnownKeys("frocPlot", options, { title: true, subtitle: true, maxFalseMarks: true });
  const { title = "FROC", subtitle, maxFalseMarks = 4 } = options;
  const canvas = frame({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    x: { label: "false marks per image", domain: [0, maxFalseMarks] },
    y: { label: "lesion sensitivity", domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  });
  const body = curves.map(({ curve }, s) => {
    const steps = stepsWithin(curve, maxFalseMarks);
    return `<path class="line s${s % 8}" d="${pathThrough(canvas, steps.x, steps.y)}"/>`;
  });
  return canvas.svg(
    body,
    curves.map(({ name }, series) => ({ name, series })),
  );
}

/** The curve as the stairs that it is, cut at the right end. */
function stepsWithin({ falseMarksPerImage, sensitivity }: FrocCurve, end: number) {
  const [x, y]: [number[], number[]] = [[], []];
  for (let k = 0; k < sensitivity.length && falseMarksPerImage[k]! <= end; k++) {
    if (k > 0) {
      x.push(falseMarksPerImage[k]!);
      y.push(sensitivity[k - 1]!);
    }
    x.push(falseMarksPerImage[k]!);
    y.push(sensitivity[k]!);
  }
  if (falseMarksPerImage.at(-1)! > end) {
    x.push(end);
    y.push(y.at(-1)!);
  }
  return { x, y };
}
