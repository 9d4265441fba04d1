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
  /** Look for outputs whose windows are alike, and compute one of them. */
  seekRuns: i32;
  /** Bytes between neighboring outputs' windows. */
  stepBytes: usize;
  /** A unit is (image, row, chunk of columns); a task is a run of units. */
  chunks: i32;
  chunkColumns: i32;
  units: i32;
  unitsPerTask: i32;
}

/** Per worker: which padded rows the ring holds, and the run of outputs whose windows are alike; the table of window rows, the ring's runs and the ring follow. */
@unmanaged
export class Window {
  image: i32;
  next: i32;
  /** Columns from `runStart` to before `runStop` of the output row have windows of the same values. */
  runStart: i32;
  runStop: i32;
}
export const WINDOW: usize = 16;

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

/** Pixels of a padded row, from `start` to before `stop`, that have the same values. */
@unmanaged
class Run {
  start: i32;
  stop: i32;
}
const RUN: usize = 8;

/**
 * The run of pixels that are alike, bit by bit, about the column at one or seven eighths of the row: the longer one. Outside a breast an image is empty, and so is what becomes of it, but
 * for its borders, where padding was part of the windows. A row without such a run costs two comparisons. Columns are counted from `offset` before the first pixel.
 */
function seekRun(row: usize, pixels: i32, pixel: usize, offset: i32, run: Run): void {
  runAbout(row, pixels, pixel, pixels - 1 - (pixels >> 3), run);
  const start = run.start;
  const stop = run.stop;
  if (start > pixels >> 3) runAbout(row, pixels, pixel, pixels >> 3, run);
  if (stop - start > run.stop - run.start) {
    run.start = start;
    run.stop = stop;
  }
  run.start += offset;
  run.stop += offset;
}

function runAbout(row: usize, pixels: i32, pixel: usize, column: i32, run: Run): void {
  const channels = <i32>(pixel >> 2);
  // Values are compared with those of the next pixel.
  const count = (pixels - 1) * channels;
  let first = column * channels;
  let last = first;
  while (last + 4 <= count && areSame(row + (<usize>last << 2), pixel)) last += 4;
  while (last < count && isSame(row + (<usize>last << 2), pixel)) last++;
  while (first >= 4 && areSame(row + (<usize>(first - 4) << 2), pixel)) first -= 4;
  while (first > 0 && isSame(row + (<usize>(first - 1) << 2), pixel)) first--;
  run.start = (first + channels - 1) / channels;
  run.stop = last / channels + 1;
}

// @ts-ignore: decorator
@inline
function areSame(at: usize, step: usize): bool {
  return !v128.any_true(i32x4.ne(v128.load(at), v128.load(at + step)));
}

// @ts-ignore: decorator
@inline
function isSame(at: usize, step: usize): bool {
  return load<i32>(at) == load<i32>(at + step);
}

/** Writes padded row `row` of `image` to `to`, and which of its pixels are alike to `run`. */
function fillRow(job: ConvJob, image: i32, row: i32, to: usize, rowBytes: usize, run: Run): void {
  const spread = row - job.padTop;
  const source = spread / job.spreadRows;
  run.start = 0;
  run.stop = 0;
  if (spread < 0 || spread % job.spreadRows != 0 || source >= job.inRows) {
    memory.fill(to, 0, rowBytes);
    run.stop = i32.MAX_VALUE;
    return;
  }
  const pixel = <usize>job.inChannels << 2;
  let from = job.x + <usize>(image * job.inRows + source) * <usize>job.inColumns * pixel;
  // The padding alone may be wider than all windows together.
  const left = min(<usize>job.padLeft * pixel, rowBytes);
  if (job.spreadColumns == 1) {
    const room = rowBytes - left;
    const have = <usize>job.inColumns * pixel;
    const copied = have < room ? have : room;
    memory.fill(to, 0, left);
    memory.copy(to + left, from, copied);
    memory.fill(to + left + copied, 0, room - copied);
    if (job.seekRuns) seekRun(to + left, <i32>(copied / pixel), pixel, job.padLeft, run);
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
export function openWindow(job: ConvJob, scratch: usize, image: i32, row: i32, segments: i32): usize {
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
  const slots = (job.kernelRows - 1) * job.dilationRows + 1;
  const runs = table + (<usize>(job.kernelRows * segments) << 2);
  const ring = runs + ((<usize>slots * RUN) + 15 & ~15);
  const rowBytes = <usize>((job.outColumns - 1) * job.strideColumns + (job.kernelColumns - 1) * job.dilationColumns + 1) * pixel;
  const first = row * job.strideRows;
  if (state.image != image || state.next < first || state.next > first + slots) {
    state.image = image;
    state.next = first;
  }
  for (let padded = state.next; padded < first + slots; padded++) {
    const slot = <usize>(padded % slots);
    fillRow(job, image, padded, ring + slot * rowBytes, rowBytes, changetype<Run>(runs + slot * RUN));
  }
  state.next = first + slots;
  let runStart = 0;
  let runStop = i32.MAX_VALUE;
  for (let ky = 0; ky < job.kernelRows; ky++) {
    const slot = <usize>((first + ky * job.dilationRows) % slots);
    const run = changetype<Run>(runs + slot * RUN);
    runStart = max(runStart, run.start);
    runStop = min(runStop, run.stop);
    const start = ring + slot * rowBytes;
    for (let s = 0; s < segments; s++) store<usize>(table + (<usize>(ky * segments + s) << 2), start + <usize>s * segmentStep);
  }
  // Of pixels to outputs: a window must begin and end in the run.
  const reach = (job.kernelColumns - 1) * job.dilationColumns + 1;
  state.runStart = (runStart + job.strideColumns - 1) / job.strideColumns;
  state.runStop = runStop - runStart < reach ? 0 : min(job.outColumns, (runStop - reach) / job.strideColumns + 1);
  return table;
}
