import { ConvJob, ConvTile, openWindow, WINDOW, Window } from "./convWindow";
import { CONV1, CONV2, convTile1, convTile2 } from "./tiles";

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

/** Convolution with bias and ReLU for one run of units. */
export function convTask(job: ConvJob, task: i32, worker: i32): void {
  const scratch = job.scratch + <usize>worker * job.scratchBytes;
  const window = changetype<Window>(scratch);
  window.image = -1;
  window.runStart = 0;
  window.runStop = 0;
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
    // Of outputs whose windows are alike only the first is computed.
    const hasRun = window.runStop - window.runStart > 2;
    const pause = hasRun ? window.runStart + 1 : stop;
    const resume = hasRun ? window.runStop : stop;
    tile.rows = rows;
    tile.weights = job.weights;
    for (let channel = 0; channel < job.outChannels; channel += 8) {
      const keep = min(8, job.outChannels - channel);
      tile.keep = keep;
      tile.bias = job.bias + (<usize>channel << 2);
      const to = out + (<usize>channel << 2);
      if (keep > 4) {
        for (let column = start; column < stop; ) {
          if (column == pause) {
            column = resume;
            continue;
          }
          const size = min(CONV2, (column < pause ? pause : stop) - column);
          tile.offset = <usize>column * job.stepBytes;
          tile.out = to + <usize>column * pixelOut;
          convTile2(size, tile);
          column += size;
        }
        tile.weights += <usize>segments * bytes * 8;
      } else {
        for (let column = start; column < stop; ) {
          if (column == pause) {
            column = resume;
            continue;
          }
          const size = min(CONV1, (column < pause ? pause : stop) - column);
          tile.offset = <usize>column * job.stepBytes;
          tile.out = to + <usize>column * pixelOut;
          convTile1(size, tile);
          column += size;
        }
      }
    }
    if (hasRun) repeat(out + <usize>window.runStart * pixelOut, pixelOut, resume - window.runStart);
  }
}

/** Writes the value of `bytes` bytes at `at` behind itself until it is there `count` times. */
function repeat(at: usize, bytes: usize, count: i32): void {
  const all = <usize>count * bytes;
  for (let done = bytes; done < all; done <<= 1) memory.copy(at + done, at, min(done, all - done));
}
