import { escapeHtml } from "@mammo/files";
import { minMax } from "@mammo/mammogram";
import { reliabilityPlot } from "@mammo/metrics/plot";
import type { CalibratedBin } from "./calibrationBins.ts";
import { withKey } from "./keyBelow.ts";

/** Observed shares with their intervals against probabilities, all models in one picture, as an SVG text. */
export function calibrationPlot(
  models: readonly { readonly name: string; readonly bins: readonly CalibratedBin[] }[],
  { subtitle }: { readonly subtitle: string },
): string {
  const highest = minMax(models.flatMap(({ bins }) => bins.flatMap(({ predicted, high }) => [predicted, high])))[1];
  const maximum = Math.min(1, Math.ceil(highest * 11) / 10);
  // Axes and diagonal, whose two ends tell where data fall.
  const empty = reliabilityPlot([], { subtitle, maximum }).replace('<path class="line s0" d=""/>\n', "");
  const [x0, y0, x1, y1] = /class="chance" d="M(\S+) (\S+)L(\S+) (\S+)"/.exec(empty)!.slice(1).map(Number) as [number, number, number, number];
  const px = (value: number) => String(Math.round(value * 100) / 100);
  const x = (value: number) => px(x0 + (Math.min(value, maximum) / maximum) * (x1 - x0));
  const y = (value: number) => px(y0 + (Math.min(value, maximum) / maximum) * (y1 - y0));
  const body = models.flatMap(({ name, bins }, k) => [
    ...bins.map(({ predicted, low, high }) => `<path class="thin s${k % 8}" d="M${x(predicted)} ${y(low)}V${y(high)}"/>`),
    `<path class="line s${k % 8}" d="${bins.map(({ predicted, observed }, b) => `${b === 0 ? "M" : "L"}${x(predicted)} ${y(observed)}`).join("")}"/>`,
    ...bins.map(({ predicted, observed, cases }) => {
      const words = escapeHtml(`${name}: ${cases} cases, predicted ${predicted.toPrecision(3)}, observed ${observed.toPrecision(3)}`);
      return `<circle class="f${k % 8}" r="3.5" cx="${x(predicted)}" cy="${y(observed)}"><title>${words}</title></circle>`;
    }),
  ]);
  const drawn = empty.replace(/<\/svg>\n$/, `${body.join("\n")}\n</svg>\n`);
  return withKey(
    drawn,
    models.map(({ name }, k) => ({ name: escapeHtml(name), series: `s${k % 8}` })),
  );
}
