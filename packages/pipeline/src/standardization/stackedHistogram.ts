import { type Html, html } from "@mammo/files";
import { minMax } from "@mammo/mammogram";
import { type Gaussian, mixtureDensity } from "./gaussianMixture.ts";

const [width, height] = [480, 120];
const binCount = 48;
/** Of the devices, in order; readable on light and dark. */
const colors = ["#3b82f6", "#f59e0b", "#10b981", "#ef4444", "#a855f7", "#64748b", "#14b8a6", "#eab308"] as const;

/** The color of a group, by its number. */
export const colorOf = (index: number): string => colors[index % colors.length]!;

/** Values of several groups as stacked bars over one axis, with the mixture that was fitted to all of them. An SVG figure. */
export function stackedHistogram(
  groups: readonly (readonly number[])[],
  options: { readonly title: string; readonly range?: readonly [low: number, high: number]; readonly mixture?: readonly Gaussian[] },
): Html {
  const known = groups.map((group) => group.filter(Number.isFinite));
  const all = known.flat();
  if (all.length === 0) return html``;
  const [low, high] = options.range ?? padded(all);
  const binOf = (value: number): number => Math.min(binCount - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * binCount)));
  const heights = new Array<number>(binCount).fill(0);
  for (const value of all) heights[binOf(value)]!++;
  const unit = (height - 4) / minMax(heights)[1];
  const tops = new Array<number>(binCount).fill(height);
  const bars = known.map((group, index) => {
    const counts = new Array<number>(binCount).fill(0);
    for (const value of group) counts[binOf(value)]!++;
    return counts.map((count, bin): Html => {
      if (count === 0) return html``;
      tops[bin]! -= count * unit;
      return html`<rect x="${bin * (width / binCount) + 0.5}" y="${tops[bin]!.toFixed(1)}" width="${width / binCount - 1}" height="${(count * unit).toFixed(1)}" fill="${colorOf(index)}"/>`;
    });
  });
  const scale = (all.length * (high - low)) / binCount;
  const pointsOf = (mixture: readonly Gaussian[]): string =>
    Array.from({ length: 121 }, (_, at) => {
      const y = height - unit * scale * mixtureDensity(low + ((high - low) * at) / 120, mixture);
      return `${((at * width) / 120).toFixed(1)},${Math.max(0, y).toFixed(1)}`;
    }).join(" ");
  const { mixture } = options;
  const curve = mixture && html`<polyline fill="none" stroke="currentColor" stroke-width="1.5" points="${pointsOf(mixture)}"/>`;
  const label = (x: number, anchor: string, text: string): Html =>
    html`<text x="${x}" y="${height + 15}" font-size="12" text-anchor="${anchor}" fill="currentColor">${text}</text>`;
  return html`<figure><svg viewBox="0 0 ${width} ${height + 20}" width="${width}" height="${height + 20}" role="img" aria-label="${options.title}"><line x1="0" x2="${width}" y1="${height}" y2="${height}" stroke="currentColor" stroke-width=".5"/>${bars}${curve}${label(0, "start", shown(low))}${label(width / 2, "middle", shown((low + high) / 2))}${label(width, "end", shown(high))}</svg><figcaption>${options.title}</figcaption></figure>`;
}

function padded(values: readonly number[]): readonly [number, number] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const pad = (high - low) * 0.08 || Math.abs(low) * 0.1 || 1;
  return [low - pad, high + pad];
}

const shown = (value: number): string => String(Number(value.toPrecision(3)));
