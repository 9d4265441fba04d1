import type { Grid } from "@mammo/mammogram";
import type { MalignancyMap } from "@mammo/models";

/** Draws a view in gray and, over it, the malignant cells of its heatmap. */
export function drawView(canvas: HTMLCanvasElement, { pixels, rows, columns }: Grid, malignancy: MalignancyMap): void {
  [canvas.height, canvas.width] = [rows, columns];
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(columns, rows);
  pixels.forEach((value, i) => void image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i));
  context.putImageData(image, 0, 0);
  for (const [cell, share] of malignancy.cells.entries()) {
    const at = (index: number) => malignancy.geometry.offset + malignancy.geometry.stride * (index - 0.5);
    context.fillStyle = `rgb(255 90 31 / ${0.55 * share})`;
    context.fillRect(
      at(cell % malignancy.columns),
      at(Math.floor(cell / malignancy.columns)),
      malignancy.geometry.stride,
      malignancy.geometry.stride,
    );
  }
}
