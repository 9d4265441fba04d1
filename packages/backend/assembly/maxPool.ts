import { storeLanes } from "./simd";

@unmanaged
export class MaxPoolJob {
  x: usize;
  y: usize;
  dy: usize;
  dx: usize;
  images: i32;
  inRows: i32;
  inColumns: i32;
  channels: i32;
  outRows: i32;
  outColumns: i32;
  kernelRows: i32;
  kernelColumns: i32;
  strideRows: i32;
  strideColumns: i32;
  padTop: i32;
  padLeft: i32;
  /** A unit is one row of output. */
  units: i32;
  unitsPerTask: i32;
}

/** Maximum over each window. Lanes beyond the last channel are read and not stored. */
export function maxPoolTask(job: MaxPoolJob, task: i32): void {
  const pixel = <usize>job.channels << 2;
  const line = <usize>job.inColumns * pixel;
  const end = min(job.units, (task + 1) * job.unitsPerTask);
  const isHalving =
    job.kernelRows == 2 && job.kernelColumns == 2 && job.strideColumns == 2 && job.padLeft == 0 && job.outColumns * 2 <= job.inColumns && job.channels % 4 == 0;
  for (let unit = task * job.unitsPerTask; unit < end; unit++) {
    const image = job.x + <usize>(unit / job.outRows) * <usize>job.inRows * line;
    const top = (unit % job.outRows) * job.strideRows - job.padTop;
    const rowStart = max(0, top);
    const rowEnd = min(job.inRows, top + job.kernelRows);
    let to = job.y + <usize>(unit * job.outColumns) * pixel;
    if (isHalving && rowEnd - rowStart == 2) {
      halve(image + <usize>rowStart * line, line, pixel, job.outColumns, to);
      continue;
    }
    for (let column = 0; column < job.outColumns; column++) {
      const left = column * job.strideColumns - job.padLeft;
      const columnStart = max(0, left);
      const columnEnd = min(job.inColumns, left + job.kernelColumns);
      for (let channel = 0; channel < job.channels; channel += 4) {
        const at = <usize>channel << 2;
        let best = f32x4.splat(-Infinity);
        for (let r = rowStart; r < rowEnd; r++) {
          let from = image + <usize>r * line + <usize>columnStart * pixel + at;
          for (let c = columnStart; c < columnEnd; c++) {
            best = f32x4.max(best, v128.load(from));
            from += pixel;
          }
        }
        storeLanes(to + at, best, job.channels - channel);
      }
      to += pixel;
    }
  }
}

/** One row of windows of 2x2, side by side: the pool of the graphs, which spends more on loops than on maxima otherwise. */
function halve(from: usize, line: usize, pixel: usize, columns: i32, to: usize): void {
  const end = to + <usize>columns * pixel;
  while (to < end) {
    const next = to + pixel;
    while (to < next) {
      const above = f32x4.max(v128.load(from), v128.load(from + pixel));
      const below = f32x4.max(v128.load(from + line), v128.load(from + line + pixel));
      v128.store(to, f32x4.max(above, below));
      from += 16;
      to += 16;
    }
    from += pixel;
  }
}

/** Gradient where windows do not overlap: each row of windows owns its rows of dx. The first maximum of a window takes all. */
export function maxPoolGradTask(job: MaxPoolJob, task: i32): void {
  const pixel = <usize>job.channels << 2;
  const line = <usize>job.inColumns * pixel;
  const end = min(job.units, (task + 1) * job.unitsPerTask);
  for (let unit = task * job.unitsPerTask; unit < end; unit++) {
    const row = unit % job.outRows;
    const offset = <usize>(unit / job.outRows) * <usize>job.inRows * line;
    const top = row * job.strideRows - job.padTop;
    const ownStart = row == 0 ? 0 : max(0, top);
    const ownEnd = row == job.outRows - 1 ? job.inRows : min(job.inRows, top + job.strideRows);
    if (ownEnd > ownStart) memory.fill(job.dx + offset + <usize>ownStart * line, 0, <usize>(ownEnd - ownStart) * line);
    scatterRow(job, unit, offset, top);
  }
}

/** Gradient where windows overlap: one task an image, so that no two threads add to one place. */
export function maxPoolGradImageTask(job: MaxPoolJob, image: i32): void {
  const bytes = <usize>(job.inRows * job.inColumns * job.channels) << 2;
  const offset = <usize>image * bytes;
  memory.fill(job.dx + offset, 0, bytes);
  for (let row = 0; row < job.outRows; row++) scatterRow(job, image * job.outRows + row, offset, row * job.strideRows - job.padTop);
}

function scatterRow(job: MaxPoolJob, unit: i32, offset: usize, top: i32): void {
  const pixel = <usize>job.channels << 2;
  const line = <usize>job.inColumns * pixel;
  const rowStart = max(0, top);
  const rowEnd = min(job.inRows, top + job.kernelRows);
  for (let column = 0; column < job.outColumns; column++) {
    const left = column * job.strideColumns - job.padLeft;
    const columnStart = max(0, left);
    const columnEnd = min(job.inColumns, left + job.kernelColumns);
    const out = <usize>(unit * job.outColumns + column) * pixel;
    for (let channel = 0; channel < job.channels; channel += 4) {
      const at = <usize>channel << 2;
      const best = v128.load(job.y + out + at);
      let left4 = v128.load(job.dy + out + at);
      for (let r = rowStart; r < rowEnd; r++) {
        let place = offset + <usize>r * line + <usize>columnStart * pixel + at;
        for (let c = columnStart; c < columnEnd; c++) {
          const taken = f32x4.eq(v128.load(job.x + place), best);
          storeLanes(job.dx + place, f32x4.add(v128.load(job.dx + place), v128.and(left4, taken)), job.channels - channel);
          left4 = v128.andnot(left4, taken);
          place += pixel;
        }
      }
    }
  }
}
