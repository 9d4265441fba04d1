import type { Heat } from "../shared/heat.ts";

/** Draws a view in greys and, over it, the malignant cells of its heatmap. */
export function draw(
  canvas: HTMLCanvasElement,
  view: { readonly pixels: Float32Array; readonly rows: number; readonly columns: number },
  heat: Heat,
): void {
  const { pixels, rows, columns } = view;
  [canvas.height, canvas.width] = [rows, columns];
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(columns, rows);
  pixels.forEach((value, i) => void image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i));
  context.putImageData(image, 0, 0);
  for (const [cell, share] of heat.cells.entries()) {
    const at = (index: number) => heat.first + heat.stride * (index - 0.5);
    context.fillStyle = `rgb(255 90 31 / ${0.55 * share})`;
    context.fillRect(at(cell % heat.columns), at(Math.floor(cell / heat.columns)), heat.stride, heat.stride);
  }
}
