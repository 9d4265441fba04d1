import { type Reference, zeros } from "./elementwise.ts";

/** [B, H, W, C] -> [B, h, w, C] by the two nearest pixels on each axis; with half-pixel centers the samples lie at (i + 0.5) * H / h - 0.5. */
export function resizeBilinear(x: Reference, [high, wide]: readonly [number, number], halfPixelCenters: boolean): Reference {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  const y = zeros([batch, high, wide, channels]);
  const place = (index: number, from: number, to: number) => {
    const at = halfPixelCenters ? Math.max(0, ((index + 0.5) * from) / to - 0.5) : (index * from) / to;
    const low = Math.min(from - 1, Math.floor(at));
    return { low, high: Math.min(from - 1, low + 1), share: at - low };
  };
  for (let b = 0; b < batch; b++)
    for (let r = 0; r < high; r++)
      for (let c = 0; c < wide; c++) {
        const [v, h] = [place(r, rows, high), place(c, columns, wide)];
        for (let k = 0; k < channels; k++) {
          const at = (row: number, column: number) => x.values[((b * rows + row) * columns + column) * channels + k]!;
          const top = at(v.low, h.low) * (1 - h.share) + at(v.low, h.high) * h.share;
          const bottom = at(v.high, h.low) * (1 - h.share) + at(v.high, h.high) * h.share;
          y.values[((b * high + r) * wide + c) * channels + k] = top * (1 - v.share) + bottom * v.share;
        }
      }
  return y;
}

/** [B, H, W, C] -> [B, h, w, C], pixel floor(i * H / h). */
export function resizeNearest(x: Reference, [high, wide]: readonly [number, number]): Reference {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  const y = zeros([batch, high, wide, channels]);
  for (let b = 0; b < batch; b++)
    for (let r = 0; r < high; r++)
      for (let c = 0; c < wide; c++)
        for (let k = 0; k < channels; k++) {
          const from = (b * rows + Math.floor((r * rows) / high)) * columns + Math.floor((c * columns) / wide);
          y.values[((b * high + r) * wide + c) * channels + k] = x.values[from * channels + k]!;
        }
  return y;
}
