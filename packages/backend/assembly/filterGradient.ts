import { ConvJob, openWindow, Window } from "./convWindow";
import { FILTER1, FILTER2, filterTile1, filterTile2 } from "./tiles";

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
