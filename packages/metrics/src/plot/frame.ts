import { escapeHtml } from "@mammo/files";

/** One axis: its words, its range and where it is marked. */
export interface Axis {
  readonly label: string;
  readonly domain: readonly [low: number, high: number];
  readonly ticks?: readonly number[];
  /** Text of a tick; default the number itself, short. */
  readonly format?: (value: number) => string;
}

export interface FrameOptions {
  readonly title: string;
  /** A line under the title: how many cases, which convention. */
  readonly subtitle?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly width?: number;
  readonly height?: number;
  /** Space for text left of the axis; default 62. */
  readonly margin?: number;
}

/** Where data fall on the canvas, and the finished drawing. */
export interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** The finished picture: axes, then what is drawn, then a key. */
  svg(body: readonly string[], key?: readonly KeyEntry[]): string;
}

export interface KeyEntry {
  readonly name: string;
  /** 0 ... 7: the same series everywhere has the same color. */
  readonly series: number;
}

// Okabe and Ito's colors, which color-blind readers tell apart; brighter ones on a dark background.
const light = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#e69f00", "#555555"];
const dark = ["#56b4e9", "#ff8c42", "#2fd6a3", "#f0a3cf", "#f0e442", "#9ad4ff", "#ffc25c", "#bbbbbb"];
const series = (colors: readonly string[]) => colors.map((c, i) => `.mp .s${i}{stroke:${c}}.mp .f${i}{fill:${c}}`).join("");
const style =
  `.mp{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}.mp text{fill:#222;font-size:12px}.mp .title{font-size:15px;font-weight:600}.mp .quiet{fill:#666;font-size:11px}` +
  `.mp .background{fill:#fff}.mp .grid{stroke:#e4e4e4;fill:none}.mp .axis{stroke:#444;fill:none}.mp .chance{stroke:#999;stroke-dasharray:4 4;fill:none}` +
  `.mp .line{fill:none;stroke-width:2;stroke-linejoin:round}.mp .thin{fill:none;stroke-width:1;stroke-opacity:.55}.mp .band{stroke:none;fill-opacity:.18}.mp .bar{stroke:none;fill-opacity:.6}.mp .region{fill:#888;fill-opacity:.13;stroke:none}${series(light)}` +
  `@media (prefers-color-scheme:dark){.mp text{fill:#e8e8e8}.mp .quiet{fill:#a8a8a8}.mp .background{fill:#16181c}.mp .grid{stroke:#33373d}.mp .axis{stroke:#b0b0b0}.mp .chance{stroke:#888}.mp .region{fill:#bbb}${series(dark)}}`;

/** Lays out a plot: title, axes, grid. Numbers are written with two decimals, so the same data give the same bytes. */
export function frame({ title, subtitle, x, y, width = 480, height = 480, margin = 62 }: FrameOptions): Frame {
  const [left, top, right, bottom] = [margin, subtitle === undefined ? 40 : 56, width - 18, height - 50];
  const toX = (value: number) => left + ((value - x.domain[0]) / (x.domain[1] - x.domain[0])) * (right - left);
  const toY = (value: number) => bottom - ((value - y.domain[0]) / (y.domain[1] - y.domain[0])) * (bottom - top);
  const ticks = (axis: Axis) => axis.ticks ?? niceTicks(axis.domain);
  const words = (axis: Axis, value: number) => (axis.format ?? shortNumber)(value);
  return {
    x: toX,
    y: toY,
    left,
    top,
    right,
    bottom,
    svg(body, key = []) {
      const parts = [
        `<svg xmlns="http://www.w3.org/2000/svg" class="mp" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">`,
        `<style>${style}</style>`,
        `<rect class="background" width="${width}" height="${height}"/>`,
        `<text class="title" x="16" y="24">${escapeHtml(title)}</text>`,
        ...(subtitle === undefined ? [] : [`<text class="quiet" x="16" y="42">${escapeHtml(subtitle)}</text>`]),
        ...ticks(x).map(
          (t) =>
            `<path class="grid" d="M${px(toX(t))} ${px(top)}V${px(bottom)}"/><text text-anchor="middle" x="${px(toX(t))}" y="${px(bottom + 18)}">${escapeHtml(words(x, t))}</text>`,
        ),
        ...ticks(y).map(
          (t) =>
            `<path class="grid" d="M${px(left)} ${px(toY(t))}H${px(right)}"/><text text-anchor="end" x="${px(left - 8)}" y="${px(toY(t) + 4)}">${escapeHtml(words(y, t))}</text>`,
        ),
        ...body,
        `<path class="axis" d="M${px(left)} ${px(top)}V${px(bottom)}H${px(right)}"/>`,
        `<text text-anchor="middle" x="${px((left + right) / 2)}" y="${height - 12}">${escapeHtml(x.label)}</text>`,
        ...(y.label === ""
          ? []
          : [`<text text-anchor="middle" transform="translate(16 ${px((top + bottom) / 2)}) rotate(-90)">${escapeHtml(y.label)}</text>`]),
        ...key.map(({ name, series: s }, k) => {
          const line = bottom - 14 - 18 * (key.length - 1 - k);
          return `<path class="line s${s % 8}" d="M${px(right - 26)} ${px(line - 4)}h20"/><text text-anchor="end" x="${px(right - 32)}" y="${px(line)}">${escapeHtml(name)}</text>`;
        }),
        "</svg>",
      ];
      return `${parts.join("\n")}\n`;
    },
  };
}

/** A path through data points; what is not finite is left out. */
export function pathThrough({ x, y }: Frame, xs: ArrayLike<number>, ys: ArrayLike<number>): string {
  let path = "";
  for (let i = 0; i < xs.length; i++) if (Number.isFinite(xs[i]! + ys[i]!)) path += `${path === "" ? "M" : "L"}${px(x(xs[i]!))} ${px(y(ys[i]!))}`;
  return path;
}

/** A length in pixels as text, two decimals. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

/** About five round numbers inside a range. */
function niceTicks([low, high]: readonly [number, number]): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((m) => m * power >= rough * 0.999) ?? 10);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return ticks;
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
