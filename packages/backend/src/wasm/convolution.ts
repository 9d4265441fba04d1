import { env } from "@tensorflow/tfjs-core";
import type { KernelPool } from "./kernelPool.ts";

type Pair = readonly [rows: number, columns: number];

/** A convolution over NHWC tensors at the given addresses; also the gradient for its input, which is one over dy. */
export interface Convolution {
  readonly x: number;
  readonly images: number;
  readonly input: Pair;
  readonly inChannels: number;
  /** Where the result (or, for the filter's gradient, dy) lies. */
  readonly y: number;
  readonly output: Pair;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padTop: number;
  readonly padLeft: number;
  /** 1 + zeros between the pixels of x. */
  readonly spread: Pair;
}

/** Where the filter's values lie: the value for (ky, kx, in, out) is at `start` + 4 * (ky * row + kx * column + in * in + out * out). */
export interface FilterLayout {
  readonly start: number;
  readonly row: number;
  readonly column: number;
  readonly in: number;
  readonly out: number;
}

const align = (bytes: number) => (bytes + 63) & ~63;

/** Geometry as the kernel takes it: 1x1 convolutions become one long row, 1x1 outputs one row across the images. */
function geometry(conv: Convolution) {
  const { kernel, stride, dilation, spread, inChannels } = conv;
  const reach: Pair = [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1];
  const fits = (axis: 0 | 1) => spread[axis] === 1 && (conv.output[axis] - 1) * stride[axis] + reach[axis] <= conv.input[axis];
  const direct = conv.padTop === 0 && conv.padLeft === 0 && fits(0) && fits(1);
  let { images } = conv;
  let [inRows, inColumns] = conv.input;
  let [outRows, outColumns] = conv.output;
  let stepBytes = stride[1] * inChannels * 4;
  if (direct && reach[0] === 1 && reach[1] === 1 && stride[0] === 1 && stride[1] === 1) {
    inColumns = outColumns = images * outRows * outColumns;
    inRows = outRows = images = 1;
  } else if (direct && outRows === 1 && outColumns === 1) {
    stepBytes = inRows * inColumns * inChannels * 4;
    outColumns = images;
    images = 1;
  }
  const chunkColumns = direct ? 96 : outColumns;
  const chunks = Math.ceil(outColumns / chunkColumns);
  const ring = direct ? 0 : reach[0] * ((outColumns - 1) * stride[1] + reach[1]) * inChannels * 4;
  return {
    units: images * outRows * chunks,
    multiplications: conv.images * conv.output[0] * conv.output[1] * kernel[0] * kernel[1] * inChannels * conv.outChannels,
    scratchBytes: align(128 + 4 * kernel[0] * kernel[1] + 8 * reach[0] + ring),
    fields: {
      ...{ x: conv.x, y: conv.y, inRows, inColumns, inChannels, outRows, outColumns, outChannels: conv.outChannels },
      ...{ kernelRows: kernel[0], kernelColumns: kernel[1], strideRows: stride[0], strideColumns: stride[1] },
      ...{ dilationRows: dilation[0], dilationColumns: dilation[1], padTop: conv.padTop, padLeft: conv.padLeft },
      ...{ spreadRows: spread[0], spreadColumns: spread[1], direct: direct ? 1 : 0, stepBytes, chunks, chunkColumns },
    },
  };
}

/** The tfjs flag by which a convolution computes outputs of equal windows once; on unless set to false. The results are the same bits. */
export const skipEqualWindows = "WASM_SKIP_EQUAL_WINDOWS";

/** y = x convolved with the filter, plus bias (address, 0 for none), then ReLU if asked. */
export function convolve(pool: KernelPool, conv: Convolution, filter: FilterLayout, options: { bias: number; relu: boolean }): void {
  const { units, multiplications, scratchBytes, fields } = geometry(conv);
  const panels = Math.ceil(conv.outChannels / 8);
  const weightBytes = align(conv.kernel[0] * conv.kernel[1] * conv.inChannels * panels * 32);
  const biasBytes = align(panels * 32);
  const unitsPerTask = Math.ceil(units / Math.min(64, Math.ceil(multiplications / 400_000)));
  pool.heap.scratch(weightBytes + biasBytes + scratchBytes * pool.threads, (weights) => {
    const biasTo = weights + weightBytes;
    pool.run("pack", panels, {
      ...{ from: filter.start, to: weights, bias: options.bias, biasTo },
      ...{ kernelRows: conv.kernel[0], kernelColumns: conv.kernel[1], inChannels: conv.inChannels, outChannels: conv.outChannels },
      ...{ rowStep: filter.row, columnStep: filter.column, inStep: filter.in, outStep: filter.out },
    });
    const scratch = biasTo + biasBytes;
    const job = {
      ...fields,
      weights,
      bias: biasTo,
      scratch,
      scratchBytes,
      relu: options.relu ? 1 : 0,
      units,
      unitsPerTask,
      seekRuns: env().getBool(skipEqualWindows) ? 1 : 0,
    };
    pool.run("conv", Math.ceil(units / unitsPerTask), job);
  });
}

/** The gradient for the filter, [kernel rows, kernel columns, in, out] at `to`; conv.y is dy. The same values for any number of threads. */
export function filterGradient(pool: KernelPool, conv: Convolution, to: number): void {
  const { units, multiplications, scratchBytes, fields } = geometry(conv);
  const rows = conv.kernel[0] * conv.kernel[1] * conv.inChannels;
  const partBytes = rows * ((conv.outChannels + 3) & ~3) * 4;
  const wanted = Math.min(16, Math.ceil(multiplications / 1e6), Math.max(2, Math.floor(2 ** 26 / partBytes)));
  const unitsPerTask = Math.ceil(units / wanted);
  const parts = Math.ceil(units / unitsPerTask);
  pool.heap.scratch(align(parts * partBytes) + scratchBytes * pool.threads, (sums) => {
    const scratch = sums + align(parts * partBytes);
    pool.run("filter", parts, { ...fields, sums, scratch, scratchBytes, units, unitsPerTask });
    const rowsPerTask = Math.ceil(rows / Math.ceil((rows * conv.outChannels * parts) / 200_000));
    pool.run("reduce", Math.ceil(rows / rowsPerTask), { from: sums, to, parts, rows, columns: conv.outChannels, rowsPerTask });
  });
}
