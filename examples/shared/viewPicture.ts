// One view as an SVG figure: the picture itself, the heatmap's malignant cells over it, boxes around what is known or found.
import { encode } from "fast-png";
import type { Heat } from "./heat.ts";
import { escapeHtml } from "./page.ts";

export interface Figure {
  readonly rows: number;
  readonly columns: number;
  /** In [0, 1], row-major. */
  readonly pixels: Float32Array;
  readonly heat?: Heat;
  readonly boxes: readonly {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
    readonly style: "found" | "truth";
    readonly label?: string;
  }[];
  readonly title: string;
}

const shrink = 3;

/** A self-contained SVG, a third of the view's size. */
export function viewPicture({ rows, columns, pixels, heat, boxes, title }: Figure): string {
  const [high, wide] = [Math.floor(rows / shrink), Math.floor(columns / shrink)];
  const small = new Uint8Array(high * wide);
  for (let row = 0; row < high; row++)
    for (let column = 0; column < wide; column++) {
      let sum = 0;
      for (let r = 0; r < shrink; r++) for (let c = 0; c < shrink; c++) sum += pixels[(row * shrink + r) * columns + column * shrink + c]!;
      small[row * wide + column] = Math.round((255 * sum) / (shrink * shrink));
    }
  const png = Buffer.from(encode({ width: wide, height: high, data: small, channels: 1, depth: 8 })).toString("base64");
  const cells = heat?.cells.map((opacity, cell) => {
    const [row, column] = [Math.floor(cell / heat.columns), cell % heat.columns];
    const place = (index: number) => heat.first + heat.stride * index - heat.stride / 2;
    return opacity < 0.02
      ? ""
      : `<rect x="${place(column)}" y="${place(row)}" width="${heat.stride}" height="${heat.stride}" fill="#ff5a1f" opacity="${(0.55 * opacity).toFixed(3)}"/>`;
  });
  const outlines = boxes.map(({ top, left, bottom, right, style, label }) => {
    const [color, dash] = style === "truth" ? ["#3ecf6b", ' stroke-dasharray="18 10"'] : ["#ffc21a", ""];
    const text = label
      ? `<text x="${left + 6}" y="${Math.max(34, top - 10)}" font-size="34" font-family="system-ui, sans-serif" fill="${color}">${escapeHtml(label)}</text>`
      : "";
    return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(right - left).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="none" stroke="${color}" stroke-width="5"${dash}/>${text}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns} ${rows}" width="${wide}" height="${high}" role="img" aria-label="${escapeHtml(title)}"><image href="data:image/png;base64,${png}" width="${columns}" height="${rows}"/>${(cells ?? []).join("")}${outlines.join("")}</svg>`;
}
