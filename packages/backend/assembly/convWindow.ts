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
export class Window {
  image: i32;
  next: i32;
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
  // The padding alone may be wider than all windows together.
  const left = min(<usize>job.padLeft * pixel, rowBytes);
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
