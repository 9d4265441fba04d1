import { type Reference, zeros } from "./elementwise.ts";

export interface WindowOptions {
  readonly size: readonly [rows: number, columns: number];
  readonly stride: readonly [rows: number, columns: number];
  readonly pad: "same" | "valid";
}

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
