import { type Html, html } from "@mammo/files";
import type { Box, Grid } from "@mammo/mammogram";
import type { MalignancyMap } from "@mammo/models";
import { pngUrl } from "./pngUrl.ts";

/** A part of a view, each of its sides so many times smaller, as an SVG image that lies where the part does. Pixels that do not fill one of the picture's are cut. */
export function viewPicture({ pixels, columns }: Grid, part: Box, shrink: number): Html {
  const [height, width] = [Math.floor((part.bottom - part.top) / shrink), Math.floor((part.right - part.left) / shrink)];
  const small = new Uint8Array(height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let r = 0; r < shrink; r++)
        for (let c = 0; c < shrink; c++) sum += pixels[(part.top + row * shrink + r) * columns + part.left + column * shrink + c]!;
      small[row * width + column] = Math.round((255 * sum) / (shrink * shrink));
    }
  const [x, y] = [part.left > 0 && html` x="${part.left}"`, part.top > 0 && html` y="${part.top}"`];
  return html`<image${x}${y} href="${pngUrl(small, height, width)}" width="${part.right - part.left}" height="${part.bottom - part.top}"/>`;
}

/** The cells of a map over its view, the more opaque the more malignant. */
export function malignantCells({ cells, columns, geometry: { stride, offset } }: MalignancyMap): Html[] {
  return cells.flatMap((opacity, cell) => {
    const place = (index: number) => offset + stride * index - stride / 2;
    if (opacity < 0.02) return [];
    return html`<rect x="${place(cell % columns)}" y="${place(Math.floor(cell / columns))}" width="${stride}" height="${stride}" fill="#ff5a1f" opacity="${(0.55 * opacity).toFixed(3)}"/>`;
  });
}
