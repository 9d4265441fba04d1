// One view as an SVG figure: the image itself, the heatmap's malignant cells over it, boxes around what is known or found.
import { type Html, html } from "@mammo/files";
import type { Box, Grid } from "@mammo/mammogram";
import type { MalignancyMap } from "@mammo/models";
import { malignantCells, viewPicture } from "./viewPicture.ts";

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
  const picture = viewPicture({ rows, columns, pixels }, { top: 0, left: 0, bottom: rows, right: columns }, shrink);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns} ${rows}" width="${width}" height="${height}" role="img" aria-label="${title}">${picture}${malignancy && malignantCells(malignancy)}${boxes.map(outlineOf)}</svg>`;
}

function outlineOf({ top, left, bottom, right, style, label }: ViewFigure["boxes"][number]): Html {
  const color = style === "truth" ? "#3ecf6b" : "#ffc21a";
  const text =
    label &&
    html`<text x="${left + 6}" y="${Math.max(34, top - 10)}" font-size="34" font-family="system-ui, sans-serif" fill="${color}">${label}</text>`;
  return html`<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(right - left).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="none" stroke="${color}" stroke-width="5"${style === "truth" && html` stroke-dasharray="18 10"`}/>${text || undefined}`;
}
