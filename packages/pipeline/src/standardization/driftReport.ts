import { type Html, html } from "@mammo/files";
import { quantile, sortedNumbers } from "@mammo/mammogram";
import { htmlTable } from "../page/htmlTable.ts";
import { page } from "../page/page.ts";
import type { Bimodality } from "./bimodality.ts";
import { type Drift, drift } from "./drift.ts";
import type { Measurement } from "./measure.ts";
import { colorOf, stackedHistogram } from "./stackedHistogram.ts";
import type { Thumbnail } from "./thumbnail.ts";

/** One image of a device, as standardized and as stretched to the same size. */
export interface DeviceSample {
  readonly device: string;
  readonly view: string;
  readonly standard: Thumbnail;
  readonly stretched: Thumbnail;
}

/** An image that could not be read, by its number in the program's lists. */
export interface UnreadImage {
  readonly number: number;
  readonly code: string;
}

const columns = [
  ["mean brightness", "mean", [0, 1], 3],
  ["10th percentile", "tenth", [0, 1], 3],
  ["90th percentile", "ninetieth", [0, 1], 3],
  ["breast height, mm", "height", undefined, 0],
  ["breast width, mm", "width", undefined, 0],
  ["compressed thickness, mm", "thickness", undefined, 0],
  ["tube voltage, kV", "kvp", undefined, 1],
  ["exposure, mAs", "exposure", undefined, 0],
] as const;

/** The drift report: what each device's images look like once standardized, side by side. */
export function driftReport(measurements: readonly Measurement[], failures: readonly UnreadImage[], samples: readonly DeviceSample[] = []): string {
  const devices = [...new Set(measurements.map(({ device }) => device))].sort();
  const byDevice = devices.map((device) => measurements.filter((one) => one.device === device));
  const found = drift(measurements);
  const rows = columns.map(([title, key, , digits]) => [
    title,
    ...byDevice.map((of) =>
      medianOf(of.map((one) => one[key]))
        .toFixed(digits)
        .replace("NaN", "not stated"),
    ),
  ]);
  const key = devices.map((device, index) => html`${index > 0 && html` &nbsp; `}<span style="color:${colorOf(index)}">■</span> ${device}`);
  const histograms = columns.map(([title, name, range]) =>
    stackedHistogram(
      byDevice.map((of) => of.map((one) => one[name])),
      { title, ...(range ? { range } : {}) },
    ),
  );
  return page(
    "Drift between devices",
    html`<h1>Drift between devices</h1>
<p>${measurements.length} images of ${devices.length} devices${failures.length > 0 && `; ${failures.length} could not be read`}. Medians:</p>
<div style="overflow-x:auto">${htmlTable([["", ...devices], ["images", ...byDevice.map(({ length }) => length)], ...rows])}</div>
${modesPart(found, devices)}
${samplesPart(samples.filter(({ view }) => view === found.view))}
<h2>Distributions</h2><p>${key}</p>
<div class="row">${histograms}</div>
${flagsPart(devices, byDevice)}
${failures.length > 0 && html`<h2>Not read</h2>${htmlTable([["number", "why"], ...failures.map(({ number, code }) => [number, code])])}`}`,
  );
}

function modesPart({ view, of, standardized, stretched }: Drift, devices: readonly string[]): Html {
  const row = (title: string, { isDecidable, isBimodal, p, separation, components }: Bimodality): readonly string[] => [
    title,
    isDecidable ? (isBimodal ? "two" : "one") : "too few images",
    p.toFixed(3),
    ...[separation.toFixed(1), ...components.map(({ mean }) => mean.toFixed(2))].map((cell) => (isBimodal ? cell : "–")),
  ];
  const histogram = (title: string, key: "aspect" | "stretchedAspect", { components, isBimodal }: Bimodality): Html =>
    stackedHistogram(
      devices.map((device) => of.filter((one) => one.device === device).map((one) => one[key])),
      { title, ...(isBimodal ? { mixture: components } : {}) },
    );
  return html`<h2>One mode or two</h2>
<p>Width over height of the breast in ${view} views. Two modes: smoothed until one is left, values drawn anew show several in fewer than 5 of 100 draws (Silverman 1981). Where there are two, Ashman's D says how far apart they stand, in parts of their deviation.</p>
${htmlTable([["images", "modes", "p", "Ashman's D", "first mean", "second mean"], row("standardized", standardized), row("stretched to the same size", stretched)])}
<div class="row">${histogram("standardized", "aspect", standardized)}${histogram("stretched to the same size", "stretchedAspect", stretched)}</div>`;
}

function samplesPart(samples: readonly DeviceSample[]): Html | undefined {
  if (samples.length === 0) return undefined;
  const figure = (title: string, { url, rows, columns: wide }: Thumbnail): Html =>
    html`<figure><img src="${url}" width="${wide}" height="${rows}" alt="${title}"><figcaption>${title}</figcaption></figure>`;
  const line = (kind: "standard" | "stretched"): Html[] => samples.map((sample) => figure(sample.device, sample[kind]));
  return html`<h2>The same canvas, twice</h2><p>The first image of each device. Standardized: one mm per pixel, padded.</p><div class="row">${line("standard")}</div>
<p>Stretched: rows and columns squeezed to the same size.</p><div class="row">${line("stretched")}</div>`;
}

function flagsPart(devices: readonly string[], byDevice: readonly (readonly Measurement[])[]): Html | undefined {
  const flags = [...new Set(byDevice.flat().flatMap((one) => one.flags))].sort();
  if (flags.length === 0) return undefined;
  const rows = devices.map((device, index) => [device, ...flags.map((flag) => byDevice[index]!.filter((one) => one.flags.includes(flag)).length)]);
  return html`<h2>Flags</h2>${htmlTable([["device", ...flags], ...rows])}`;
}

/** Of those that are known; NaN where none is. */
const medianOf = (values: readonly number[]): number => quantile(sortedNumbers(values), 0.5);
