import { escapeHtml, htmlTable, page } from "../shared/page.ts";
import { type Drift, drift } from "./drift.ts";
import { colorOf, stackedHistogram } from "./histogram.ts";
import type { Measurement } from "./measure.ts";
import type { Thumbnail } from "./thumbnail.ts";
import type { TwoModes } from "./twoModes.ts";

/** One picture of a device, as standardized and as stretched to the same size. */
export interface Sample {
  readonly device: string;
  readonly view: string;
  readonly standard: Thumbnail;
  readonly stretched: Thumbnail;
}

/** A picture that could not be read, by its number in the program's lists. */
export interface Failure {
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
export function reportPage(measurements: readonly Measurement[], failures: readonly Failure[], samples: readonly Sample[] = []): string {
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
  const key = devices.map((device, index) => `<span style="color:${colorOf(index)}">■</span> ${escapeHtml(device)}`).join(" &nbsp; ");
  return page(
    "Drift between devices",
    `<h1>Drift between devices</h1>
<p>${measurements.length} images of ${devices.length} devices${failures.length ? `; ${failures.length} could not be read` : ""}. Medians:</p>
<div style="overflow-x:auto">${htmlTable([["", ...devices], ["images", ...byDevice.map(({ length }) => length)], ...rows])}</div>
${modes(found, devices)}
${samplesOf(samples.filter(({ view }) => view === found.view))}
<h2>Distributions</h2><p>${key}</p>
<div class="row">${columns
      .map(([title, name, range]) =>
        stackedHistogram(
          byDevice.map((of) => of.map((one) => one[name])),
          { title, ...(range ? { range } : {}) },
        ),
      )
      .join("")}</div>
${flagTable(devices, byDevice)}
${failures.length ? `<h2>Not read</h2>${htmlTable([["number", "why"], ...failures.map(({ number, code }) => [number, code])])}` : ""}`,
  );
}

function modes({ view, of, ours, stretched }: Drift, devices: readonly string[]): string {
  const row = (title: string, { isTold, isTwo, p, separation, bells }: TwoModes): readonly string[] => [
    title,
    isTold ? (isTwo ? "two" : "one") : "too few images",
    p.toFixed(3),
    ...[separation.toFixed(1), ...bells.map(({ mean }) => mean.toFixed(2))].map((cell) => (isTwo ? cell : "–")),
  ];
  const picture = (title: string, key: "aspect" | "stretchedAspect", { bells, isTwo }: TwoModes): string =>
    stackedHistogram(
      devices.map((device) => of.filter((one) => one.device === device).map((one) => one[key])),
      { title, ...(isTwo ? { bells } : {}) },
    );
  return `<h2>One mode or two</h2>
<p>Width over height of the breast in ${escapeHtml(view)} views. Two modes: smoothed until one is left, values drawn anew show several in fewer than 5 of 100 draws (Silverman 1981). Where there are two, Ashman's D says how far apart they stand, in parts of their deviation.</p>
${htmlTable([["images", "modes", "p", "Ashman's D", "first bell", "second bell"], row("standardized", ours), row("stretched to the same size", stretched)])}
<div class="row">${picture("standardized", "aspect", ours)}${picture("stretched to the same size", "stretchedAspect", stretched)}</div>`;
}

function samplesOf(samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const figure = (title: string, { url, rows, columns: wide }: Thumbnail): string =>
    `<figure><img src="${url}" width="${wide}" height="${rows}" alt="${escapeHtml(title)}"><figcaption>${escapeHtml(title)}</figcaption></figure>`;
  const line = (kind: "standard" | "stretched"): string => samples.map((sample) => figure(sample.device, sample[kind])).join("");
  return `<h2>The same canvas, twice</h2><p>The first picture of each device. Standardized: one mm per pixel, padded.</p><div class="row">${line("standard")}</div>
<p>Stretched: rows and columns squeezed to the same size.</p><div class="row">${line("stretched")}</div>`;
}

function flagTable(devices: readonly string[], byDevice: readonly (readonly Measurement[])[]): string {
  const flags = [...new Set(byDevice.flat().flatMap((one) => one.flags))].sort();
  if (flags.length === 0) return "";
  const rows = devices.map((device, index) => [device, ...flags.map((flag) => byDevice[index]!.filter((one) => one.flags.includes(flag)).length)]);
  return `<h2>Flags</h2>${htmlTable([["device", ...flags], ...rows])}`;
}

/** Of those that are known; NaN where none is. */
function medianOf(values: readonly number[]): number {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  return known.length === 0 ? Number.NaN : known[known.length >> 1]!;
}
