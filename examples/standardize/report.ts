import { escapeHtml, htmlTable, page } from "../shared/page.ts";
import type { Measurement } from "./measure.ts";
import { type TwoModes, twoModes } from "./twoModes.ts";

const columns = [
  ["mean brightness", "mean", 1],
  ["10th percentile", "tenth", 1],
  ["90th percentile", "ninetieth", 1],
  ["breast height, mm", "height", 300],
  ["breast width, mm", "width", 200],
] as const;

/** Two-mode evidence of the breast's proportions in the commonest view: as we make it, and stretched. */
export function drift(measurements: readonly Measurement[]): { readonly view: string; readonly ours: TwoModes; readonly stretched: TwoModes } {
  const counts = new Map<string, number>();
  for (const { view } of measurements) counts.set(view, (counts.get(view) ?? 0) + 1);
  const view = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  const of = measurements.filter((one) => one.view === view);
  return { view, ours: twoModes(of.map(({ aspect }) => aspect)), stretched: twoModes(of.map(({ stretchedAspect }) => stretchedAspect)) };
}

/** The drift report: what each device's images look like once standardized, side by side. */
export function reportPage(measurements: readonly Measurement[], failures: readonly string[]): string {
  const devices = [...new Set(measurements.map(({ device }) => device))].sort();
  const { view, ours, stretched } = drift(measurements);
  const rows = devices.map((device) => {
    const of = measurements.filter((one) => one.device === device);
    return [device, of.length, ...columns.map(([, key]) => median(of.map((one) => one[key])).toFixed(key === "height" || key === "width" ? 0 : 3))];
  });
  const pictures = columns.map(
    ([title, key, top]) =>
      `<h2>${escapeHtml(title)}</h2>${devices
        .map((device) =>
          histogram(
            device,
            measurements.filter((one) => one.device === device).map((one) => one[key]),
            top,
          ),
        )
        .join("")}`,
  );
  return page(
    "Drift between devices",
    `<h1>Drift between devices</h1>
<p>${measurements.length} images of ${devices.length} devices${failures.length ? `; ${failures.length} could not be read` : ""}. Medians:</p>
${htmlTable([["device", "images", ...columns.map(([title]) => title)], ...rows])}
<h2>One mode or two</h2>
<p>Proportions of the breast (width over height) in ${escapeHtml(view)} views. Evidence above 10: two modes; below 0: one.</p>
${htmlTable([
  ["image", "evidence", "first bell", "second bell"],
  ["standardized", ours.evidence.toFixed(1), ...ours.means.map((mean) => mean.toFixed(2))],
  ["stretched to the same size", stretched.evidence.toFixed(1), ...stretched.means.map((mean) => mean.toFixed(2))],
])}
${pictures.join("\n")}
${failures.length ? `<h2>Not read</h2>${htmlTable([["file"], ...failures.map((failure) => [failure])])}` : ""}`,
  );
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

function histogram(device: string, values: readonly number[], top: number): string {
  const bins = new Array<number>(40).fill(0);
  for (const value of values) bins[Math.min(39, Math.max(0, Math.floor((value / top) * 40)))]!++;
  const most = Math.max(...bins, 1);
  const bars = bins
    .map((count, index) => `<rect x="${index * 8}" y="${40 - (40 * count) / most}" width="7" height="${(40 * count) / most}" fill="currentColor"/>`)
    .join("");
  return `<figure><svg viewBox="0 0 320 40" width="320" height="40" role="img">${bars}</svg><figcaption>${escapeHtml(device)}: 0 to ${top}, ${values.length} images</figcaption></figure>`;
}
