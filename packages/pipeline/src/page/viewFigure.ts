// One view as an SVG figure: the image itself, the heatmap's malignant cells over it, boxes around what is known or found.
import { type Html, html } from "@mammo/files";
import type { Box, Grid } from "@mammo/mammogram";
import type { MalignancyMap } from "@mammo/models";
import { pngUrl } from "./pngUrl.ts";

/** A view and what is drawn over it, in its pixels. */
export interface ViewFigure extends Grid {
  readonly malignancy?: MalignancyMap;
  readonly boxes: readonly (Box & { readonly style: "found" | "truth"; readonly label?: string })[];
  readonly title: string;
}

/** The figure is a third of the view's size. */
const shrink = 3;

/** A self-contained SVG, a third of the view's size. */
export function viewFigure({ rows, columns, pixels, malignancy, boxes, title }: ViewFigure): Html {
  const [height, width] = [Math.floor(rows / shrink), Math.floor(columns / shrink)];
  const small = new Uint8Array(height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let r = 0; r < shrink; r++) for (let c = 0; c < shrink; c++) sum += pixels[(row * shrink + r) * columns + column * shrink + c]!;
      small[row * width + column] = Math.round((255 * sum) / (shrink * shrink));
    }
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns} ${rows}" width="${width}" height="${height}" role="img" aria-label="${title}"><image href="${pngUrl(small, height, width)}" width="${columns}" height="${rows}"/>${malignancy && cellsOf(malignancy)}${boxes.map(outlineOf)}</svg>`;
}

function cellsOf({ cells, columns, geometry: { stride, offset } }: MalignancyMap): Html[] {
  return cells.flatMap((opacity, cell) => {
    const place = (index: number) => offset + stride * index - stride / 2;
    if (opacity < 0.02) return [];
    return html`<rect x="${place(cell % columns)}" y="${place(Math.floor(cell / columns))}" width="${stride}" height="${stride}" fill="#ff5a1f" opacity="${(0.55 * opacity).toFixed(3)}"/>`;
  });
}

function outlineOf({ top, left, bottom, right, style, label }: ViewFigure["boxes"][number]): Html {
  const color = style === "truth" ? "#3ecf6b" : "#ffc21a";
  const text =
    label &&
    html`<text x="${left + 6}" y="${Math.max(34, top - 10)}" font-size="34" font-family="system-ui, sans-serif" fill="${color}">${label}</text>`;
  return html`<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(right - left).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="none" stroke="${color}" stroke-width="5"${style === "truth" && html` stroke-dasharray="18 10"`}/>${text || undefined}`;
}
