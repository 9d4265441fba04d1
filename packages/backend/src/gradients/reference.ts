// Slow, plain definitions in double precision: they judge the backends, so they share no code with any.

/** Values in row-major order. */
export interface Reference {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export interface WindowOptions {
  readonly size: readonly [rows: number, columns: number];
  readonly stride: readonly [rows: number, columns: number];
  readonly pad: "same" | "valid";
}

const zeros = (shape: readonly number[]): Reference => ({ shape, values: new Float64Array(shape.reduce((product, side) => product * side, 1)) });

/** Output side and padding before, as TensorFlow defines "same" and "valid". */
function axis(side: number, size: number, stride: number, pad: "same" | "valid"): readonly [out: number, before: number] {
  if (pad === "valid") return [Math.floor((side - size) / stride) + 1, 0];
  const out = Math.ceil(side / stride);
  return [out, Math.floor(Math.max(0, (out - 1) * stride + size - side) / 2)];
}

/** Calls `visit` for each window and each of its cells inside the image, with flat pixel indices. */
function eachCell(
  [batch, rows, columns]: readonly number[],
  { size, stride, pad }: WindowOptions,
  visit: (output: number, input: number, tap: number) => void,
): readonly [outRows: number, outColumns: number] {
  const [outRows, top] = axis(rows!, size[0], stride[0], pad);
  const [outColumns, left] = axis(columns!, size[1], stride[1], pad);
  for (let b = 0; b < batch!; b++)
    for (let r = 0; r < outRows; r++)
      for (let c = 0; c < outColumns; c++)
        for (let i = 0; i < size[0]; i++)
          for (let j = 0; j < size[1]; j++) {
            const [row, column] = [r * stride[0] - top + i, c * stride[1] - left + j];
            if (row < 0 || row >= rows! || column < 0 || column >= columns!) continue;
            visit((b * outRows + r) * outColumns + c, (b * rows! + row) * columns! + column, i * size[1] + j);
          }
  return [outRows, outColumns];
}

function outputShape(x: Reference, options: WindowOptions, channels: number): number[] {
  const [batch, rows, columns] = x.shape as [number, number, number];
  return [
    batch,
    axis(rows, options.size[0], options.stride[0], options.pad)[0],
    axis(columns, options.size[1], options.stride[1], options.pad)[0],
    channels,
  ];
}

/** x [B, H, W, I], filter [h, w, I, O] -> [B, H', W', O] */
export function conv2d(x: Reference, filter: Reference, { stride, pad }: Omit<WindowOptions, "size">): Reference {
  const [high, wide, inputs, outputs] = filter.shape as [number, number, number, number];
  const options = { size: [high, wide], stride, pad } as const;
  const y = zeros(outputShape(x, options, outputs));
  eachCell(x.shape, options, (output, input, tap) => {
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++)
        y.values[output * outputs + o]! += x.values[input * inputs + i]! * filter.values[(tap * inputs + i) * outputs + o]!;
  });
  return y;
}

export function maxPool(x: Reference, options: WindowOptions): Reference {
  const channels = x.shape[3]!;
  const y = zeros(outputShape(x, options, channels));
  y.values.fill(Number.NEGATIVE_INFINITY);
  eachCell(x.shape, options, (output, input) => {
    for (let c = 0; c < channels; c++) {
      const place = output * channels + c;
      y.values[place] = Math.max(y.values[place]!, x.values[input * channels + c]!);
    }
  });
  return y;
}

/** Mean over the cells inside the image, as TensorFlow counts them. */
export function avgPool(x: Reference, options: WindowOptions): Reference {
  const channels = x.shape[3]!;
  const y = zeros(outputShape(x, options, channels));
  const counts = new Float64Array(y.values.length / channels);
  eachCell(x.shape, options, (output, input) => {
    counts[output]!++;
    for (let c = 0; c < channels; c++) y.values[output * channels + c]! += x.values[input * channels + c]!;
  });
  return { shape: y.shape, values: y.values.map((sum, index) => sum / counts[Math.floor(index / channels)]!) };
}

/** Batch norm by the batch's own statistics, over all axes but the last. */
export function batchNorm(x: Reference, scale: Reference, offset: Reference, { epsilon, relu }: { epsilon: number; relu: boolean }): Reference {
  const channels = scale.values.length;
  const count = x.values.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  x.values.forEach((value, i) => void (mean[i % channels]! += value / count));
  x.values.forEach((value, i) => void (variance[i % channels]! += (value - mean[i % channels]!) ** 2 / count));
  const values = x.values.map((value, i) => {
    const c = i % channels;
    const y = ((value - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * scale.values[c]! + offset.values[c]!;
    return relu ? Math.max(0, y) : y;
  });
  return { shape: x.shape, values };
}

/** [B, H, W, C] -> [B, h, w, C] by the two nearest pixels on each axis; with half-pixel centres the samples lie at (i + 0.5) * H / h - 0.5. */
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

/** [M, K] x [K, N] */
export function matMul(a: Reference, b: Reference): Reference {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const y = zeros([m, n]);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) y.values[i * n + j]! += a.values[i * k + l]! * b.values[l * n + j]!;
  return y;
}

/** Elementwise, each value of `b` repeated over the leading axes of `a`. */
export function elementwise(a: Reference, b: Reference, compute: (a: number, b: number) => number): Reference {
  return { shape: a.shape, values: a.values.map((value, i) => compute(value, b.values[i % b.values.length]!)) };
}

export const map = (x: Reference, compute: (value: number) => number): Reference => ({ shape: x.shape, values: x.values.map(compute) });

/** Sum, mean or maximum over some axes, which are gone from the result. */
export function reduce(x: Reference, axes: readonly number[], kind: "sum" | "mean" | "max"): Reference {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const strideOf = (axis: number, of: readonly number[]) => of.slice(axis + 1).reduce((product, side) => product * side, 1);
  const y = zeros(kept.map((axis) => x.shape[axis]!));
  const count = x.values.length / y.values.length;
  if (kind === "max") y.values.fill(Number.NEGATIVE_INFINITY);
  x.values.forEach((value, i) => {
    const place = kept.reduce((sum, axis, j) => sum + (Math.floor(i / strideOf(axis, x.shape)) % x.shape[axis]!) * strideOf(j, y.shape), 0);
    y.values[place] = kind === "max" ? Math.max(y.values[place]!, value) : y.values[place]! + value / (kind === "mean" ? count : 1);
  });
  return y;
}

/** Rows of x by index. */
export function gather(x: Reference, indices: readonly number[]): Reference {
  const size = x.values.length / x.shape[0]!;
  const y = zeros([indices.length, ...x.shape.slice(1)]);
  indices.forEach((index, row) => void y.values.set(x.values.subarray(index * size, (index + 1) * size), row * size));
  return y;
}

/** Over the last axis. */
export function softmax(x: Reference): Reference {
  const size = x.shape.at(-1)!;
  const values = new Float64Array(x.values.length);
  for (let start = 0; start < values.length; start += size) {
    const row = x.values.subarray(start, start + size).map(Math.exp);
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, i) => void (values[start + i] = value / sum));
  }
  return { shape: x.shape, values };
}
