import { CONV1, CONV2, convTile1, convTile2, FILTER1, FILTER2, filterTile1, filterTile2 } from "./tiles";

/** Geometry and places of one convolution, NHWC; "bytes" are bytes, all other lengths are counts. */
@unmanaged
export class ConvJob {
  x: usize;
  /** The output of the convolution, or the gradient arriving at it. */
  y: usize;
  weights: usize;
  bias: usize;
  sums: usize;
  scratch: usize;
  scratchBytes: usize;
  inRows: i32;
  inColumns: i32;
  inChannels: i32;
  outRows: i32;
  outColumns: i32;
  outChannels: i32;
  kernelRows: i32;
  kernelColumns: i32;
  strideRows: i32;
  strideColumns: i32;
  dilationRows: i32;
  dilationColumns: i32;
  padTop: i32;
  padLeft: i32;
  /** Zeros between input pixels, plus one: the stride of the forward convolution when this is its gradient. */
  spreadRows: i32;
  spreadColumns: i32;
  relu: i32;
  /** No padding and no spread: windows are read where they stand in x. */
  direct: i32;
  /** Bytes between neighboring outputs' windows. */
  stepBytes: usize;
  /** A unit is (image, row, chunk of columns); a task is a run of units. */
  chunks: i32;
  chunkColumns: i32;
  units: i32;
  unitsPerTask: i32;
}

/** Per worker: which padded rows the ring holds, the table of window rows, the ring. */
@unmanaged
class Window {
  image: i32;
  next: i32;
}
const WINDOW: usize = 16;

/** What one tile of a convolution needs; in memory and not as parameters, which would take the registers of the inner loop. */
@unmanaged
export class ConvTile {
  /** Table of the addresses of the window's rows. */
  rows: usize;
  segments: i32;
  bytes: usize;
  /** Bytes from the start of a row to the first pixel, and from pixel to pixel. */
  offset: usize;
  step: usize;
  weights: usize;
  bias: usize;
  out: usize;
  outStep: usize;
  keep: i32;
  relu: i32;
}
const TABLE: usize = 64;

/** Writes padded row `row` of `image` to `to`. */
function fillRow(job: ConvJob, image: i32, row: i32, to: usize, rowBytes: usize): void {
  const spread = row - job.padTop;
  const source = spread / job.spreadRows;
  if (spread < 0 || spread % job.spreadRows != 0 || source >= job.inRows) {
    memory.fill(to, 0, rowBytes);
    return;
  }
  const pixel = <usize>job.inChannels << 2;
  let from = job.x + <usize>(image * job.inRows + source) * <usize>job.inColumns * pixel;
  const left = <usize>job.padLeft * pixel;
  if (job.spreadColumns == 1) {
    const room = rowBytes - left;
    const have = <usize>job.inColumns * pixel;
    const copied = have < room ? have : room;
    memory.fill(to, 0, left);
    memory.copy(to + left, from, copied);
    memory.fill(to + left + copied, 0, room - copied);
    return;
  }
  memory.fill(to, 0, rowBytes);
  const end = to + rowBytes;
  let place = to + left;
  for (let column = 0; column < job.inColumns && place < end; column++) {
    memory.copy(place, from, pixel);
    from += pixel;
    place += pixel * <usize>job.spreadColumns;
  }
}

/** Points the table at the rows under output row `row` and returns the table: kernelRows x segments addresses. */
function openWindow(job: ConvJob, scratch: usize, image: i32, row: i32, segments: i32): usize {
  const table = scratch + TABLE;
  const pixel = <usize>job.inChannels << 2;
  const segmentStep = <usize>job.dilationColumns * pixel;
  if (job.direct) {
    const rowBytes = <usize>job.inColumns * pixel;
    let from = job.x + <usize>(image * job.inRows + row * job.strideRows) * rowBytes;
    for (let ky = 0; ky < job.kernelRows; ky++) {
      for (let s = 0; s < segments; s++) store<usize>(table + (<usize>(ky * segments + s) << 2), from + <usize>s * segmentStep);
      from += rowBytes * <usize>job.dilationRows;
    }
    return table;
  }
  const state = changetype<Window>(scratch);
  const ring = table + ((<usize>(job.kernelRows * segments) << 2) + 15 & ~15);
  const slots = (job.kernelRows - 1) * job.dilationRows + 1;
  const rowBytes = <usize>((job.outColumns - 1) * job.strideColumns + (job.kernelColumns - 1) * job.dilationColumns + 1) * pixel;
  const first = row * job.strideRows;
  if (state.image != image || state.next < first || state.next > first + slots) {
    state.image = image;
    state.next = first;
  }
  for (let padded = state.next; padded < first + slots; padded++) fillRow(job, image, padded, ring + <usize>(padded % slots) * rowBytes, rowBytes);
  state.next = first + slots;
  for (let ky = 0; ky < job.kernelRows; ky++) {
    const start = ring + <usize>((first + ky * job.dilationRows) % slots) * rowBytes;
    for (let s = 0; s < segments; s++) store<usize>(table + (<usize>(ky * segments + s) << 2), start + <usize>s * segmentStep);
  }
  return table;
}

/** Convolution with bias and ReLU for one run of units. */
export function convTask(job: ConvJob, task: i32, worker: i32): void {
  const scratch = job.scratch + <usize>worker * job.scratchBytes;
  changetype<Window>(scratch).image = -1;
  const segmentsPerRow = job.dilationColumns == 1 ? 1 : job.kernelColumns;
  const segments = job.kernelRows * segmentsPerRow;
  const taps = (job.kernelColumns / segmentsPerRow) * job.inChannels;
  const bytes = <usize>taps << 2;
  const pixelOut = <usize>job.outChannels << 2;
  const tile = changetype<ConvTile>(scratch + WINDOW);
  tile.segments = segments;
  tile.bytes = bytes;
  tile.step = job.stepBytes;
  tile.outStep = pixelOut;
  tile.relu = job.relu;
  const end = min(job.units, (task + 1) * job.unitsPerTask);
  for (let unit = task * job.unitsPerTask; unit < end; unit++) {
    const line = unit / job.chunks;
    const start = (unit % job.chunks) * job.chunkColumns;
    const stop = min(job.outColumns, start + job.chunkColumns);
    const rows = openWindow(job, scratch, line / job.outRows, line % job.outRows, segmentsPerRow);
    const out = job.y + <usize>line * <usize>job.outColumns * pixelOut;
    tile.rows = rows;
    tile.weights = job.weights;
    for (let channel = 0; channel < job.outChannels; channel += 8) {
      const keep = min(8, job.outChannels - channel);
      tile.keep = keep;
      tile.bias = job.bias + (<usize>channel << 2);
      const to = out + (<usize>channel << 2);
      if (keep > 4) {
        for (let column = start; column < stop; column += CONV2) {
          tile.offset = <usize>column * job.stepBytes;
          tile.out = to + <usize>column * pixelOut;
          convTile2(min(CONV2, stop - column), tile);
        }
        tile.weights += <usize>segments * bytes * 8;
      } else {
        for (let column = start; column < stop; column += CONV1) {
          tile.offset = <usize>column * job.stepBytes;
          tile.out = to + <usize>column * pixelOut;
          convTile1(min(CONV1, stop - column), tile);
        }
      }
    }
  }
}

/** Pixels that all tiles visit before the next: their inputs and gradients stay in the first-level cache. */
const BLOCK: i32 = 96;

/** Sum over one run of units of (window of x) x dy, into the task's own array: [kernelRows, kernelColumns * inChannels, outChannels rounded up to 4]. */
export function filterTask(job: ConvJob, task: i32, worker: i32): void {
  const scratch = job.scratch + <usize>worker * job.scratchBytes;
  changetype<Window>(scratch).image = -1;
  const segmentsPerRow = job.dilationColumns == 1 ? 1 : job.kernelColumns;
  const segments = job.kernelRows * segmentsPerRow;
  const taps = (job.kernelColumns / segmentsPerRow) * job.inChannels;
  const pixelOut = <usize>job.outChannels << 2;
  const sumsStep = <usize>((job.outChannels + 3) & ~3) << 2;
  const sumsBytes = <usize>(segments * taps) * sumsStep;
  const sums = job.sums + <usize>task * sumsBytes;
  memory.fill(sums, 0, sumsBytes);
  const end = min(job.units, (task + 1) * job.unitsPerTask);
  for (let unit = task * job.unitsPerTask; unit < end; unit++) {
    const line = unit / job.chunks;
    const start = (unit % job.chunks) * job.chunkColumns;
    const stop = min(job.outColumns, start + job.chunkColumns);
    const rows = openWindow(job, scratch, line / job.outRows, line % job.outRows, segmentsPerRow);
    const dy = job.y + <usize>line * <usize>job.outColumns * pixelOut;
    for (let column = start; column < stop; column += BLOCK) {
      const pixels = min(BLOCK, stop - column);
      for (let segment = 0; segment < segments; segment++) {
        const x = load<usize>(rows + (<usize>segment << 2)) + <usize>column * job.stepBytes;
        for (let channel = 0; channel < job.outChannels; channel += 8) {
          const from = dy + <usize>column * pixelOut + (<usize>channel << 2);
          const to = sums + <usize>(segment * taps) * sumsStep + (<usize>channel << 2);
          if (job.outChannels - channel > 4) {
            for (let tap = 0; tap < taps; tap += FILTER2) {
              filterTile2(min(FILTER2, taps - tap), x + (<usize>tap << 2), job.stepBytes, from, pixelOut, pixels, to + <usize>tap * sumsStep, sumsStep);
            }
          } else {
            for (let tap = 0; tap < taps; tap += FILTER1) {
              filterTile1(min(FILTER1, taps - tap), x + (<usize>tap << 2), job.stepBytes, from, pixelOut, pixels, to + <usize>tap * sumsStep, sumsStep);
            }
          }
        }
      }
    }
  }
}

/** Filter in the layout of the tiles: panels of 8 (the last may be 4) output channels, zeros where there is no channel. */
@unmanaged
export class PackJob {
  from: usize;
  to: usize;
  bias: usize;
  biasTo: usize;
  kernelRows: i32;
  kernelColumns: i32;
  inChannels: i32;
  outChannels: i32;
  /** Steps in `from`, in values; negative where the filter is turned round. */
  rowStep: i32;
  columnStep: i32;
  inStep: i32;
  outStep: i32;
}

export function packTask(job: PackJob, panel: i32): void {
  const first = panel * 8;
  const left = job.outChannels - first;
  const width = left > 4 ? 8 : 4;
  const taps = job.kernelRows * job.kernelColumns * job.inChannels;
  let to = job.to + (<usize>(taps * first) << 2);
  for (let ky = 0; ky < job.kernelRows; ky++) {
    for (let kx = 0; kx < job.kernelColumns; kx++) {
      for (let channel = 0; channel < job.inChannels; channel++) {
        const from = job.from + (<usize>(ky * job.rowStep + kx * job.columnStep + channel * job.inStep + first * job.outStep) << 2);
        for (let j = 0; j < width; j++) store<f32>(to + (<usize>j << 2), j < left ? load<f32>(from + (<usize>(j * job.outStep) << 2)) : 0);
        to += <usize>width << 2;
      }
    }
  }
  for (let j = 0; j < width; j++) {
    const place = <usize>(first + j) << 2;
    store<f32>(job.biasTo + place, job.bias != 0 && j < left ? load<f32>(job.bias + place) : 0);
  }
}

/** Sums the tasks' arrays of filterTask, always in the same order, into the gradient of the filter. */
@unmanaged
export class ReduceJob {
  from: usize;
  to: usize;
  parts: i32;
  rows: i32;
  columns: i32;
  rowsPerTask: i32;
}

export function reduceTask(job: ReduceJob, task: i32): void {
  const step = <usize>((job.columns + 3) & ~3) << 2;
  const partBytes = <usize>job.rows * step;
  const end = min(job.rows, (task + 1) * job.rowsPerTask);
  for (let row = task * job.rowsPerTask; row < end; row++) {
    for (let column = 0; column < job.columns; column += 4) {
      let from = job.from + <usize>row * step + (<usize>column << 2);
      let sum = v128.load(from);
      for (let part = 1; part < job.parts; part++) {
        from += partBytes;
        sum = f32x4.add(sum, v128.load(from));
      }
      const to = job.to + (<usize>(row * job.columns + column) << 2);
      const keep = job.columns - column;
      if (keep >= 4) v128.store(to, sum);
      else {
        v128.store_lane<f32>(to, sum, 0);
        if (keep > 1) v128.store_lane<f32>(to, sum, 1, 4);
        if (keep > 2) v128.store_lane<f32>(to, sum, 2, 8);
      }
    }
  }
}
