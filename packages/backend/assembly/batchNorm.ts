import { madd, positive } from "./simd";

/**
 * Batch normalisation over a tensor read as [rows, lanes]: lanes is a multiple of 16 and of the channels, so that a row holds whole pixels
 * and each lane belongs to one channel (lane modulo channels). The few values after the last whole row are `tail`.
 * Arrays "lane…" have one value a lane; lane arrays are made by the functions below that run on the calling thread alone.
 */
@unmanaged
export class BatchNormJob {
  x: usize;
  y: usize;
  dy: usize;
  dx: usize;
  scale: usize;
  offset: usize;
  mean: usize;
  variance: usize;
  dscale: usize;
  doffset: usize;
  /** [tasks][2][lanes], then three lane arrays. */
  sums: usize;
  laneA: usize;
  laneB: usize;
  laneC: usize;
  laneD: usize;
  rows: i32;
  lanes: i32;
  channels: i32;
  tail: i32;
  rowsPerTask: i32;
  tasks: i32;
  relu: i32;
  epsilon: f32;
}

// @ts-ignore: decorator
@inline
function lane(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

/** Per task and lane: mean, and sum of squared deviations from it. The rows are few enough to be read the second time from cache. */
export function batchNormStatsTask(job: BatchNormJob, task: i32): void {
  const rows = min(job.rows, (task + 1) * job.rowsPerTask) - task * job.rowsPerTask;
  const step = <usize>job.lanes << 2;
  const start = job.x + <usize>(task * job.rowsPerTask) * step;
  const means = job.sums + <usize>task * step * 2;
  const inverse = f32x4.splat(1 / <f32>rows);
  for (let at: usize = 0; at < step; at += 64) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    let from = start + at;
    for (let row = 0; row < rows; row++) {
      a = f32x4.add(a, v128.load(from));
      b = f32x4.add(b, v128.load(from, 16));
      c = f32x4.add(c, v128.load(from, 32));
      d = f32x4.add(d, v128.load(from, 48));
      from += step;
    }
    const ma = f32x4.mul(a, inverse), mb = f32x4.mul(b, inverse), mc = f32x4.mul(c, inverse), md = f32x4.mul(d, inverse);
    v128.store(means + at, ma);
    v128.store(means + at, mb, 16);
    v128.store(means + at, mc, 32);
    v128.store(means + at, md, 48);
    a = f32x4.splat(0); b = a; c = a; d = a;
    from = start + at;
    for (let row = 0; row < rows; row++) {
      const da = f32x4.sub(v128.load(from), ma), db = f32x4.sub(v128.load(from, 16), mb);
      const dc = f32x4.sub(v128.load(from, 32), mc), dd = f32x4.sub(v128.load(from, 48), md);
      a = madd(da, da, a);
      b = madd(db, db, b);
      c = madd(dc, dc, c);
      d = madd(dd, dd, d);
      from += step;
    }
    v128.store(means + step + at, a);
    v128.store(means + step + at, b, 16);
    v128.store(means + step + at, c, 32);
    v128.store(means + step + at, d, 48);
  }
}

/** Merges the tasks' means and squares (Chan, Golub, LeVeque 1979) in double precision; fills mean, variance, laneA and laneB of y = x * A + B. */
export function batchNormFinish(job: BatchNormJob): void {
  const step = <usize>job.lanes << 2;
  for (let channel = 0; channel < job.channels; channel++) {
    let count: f64 = 0, mean: f64 = 0, squares: f64 = 0;
    for (let task = 0; task < job.tasks; task++) {
      const rows = <f64>(min(job.rows, (task + 1) * job.rowsPerTask) - task * job.rowsPerTask);
      const means = job.sums + <usize>task * step * 2;
      for (let l = channel; l < job.lanes; l += job.channels) {
        const delta = <f64>load<f32>(lane(means, l)) - mean;
        squares += <f64>load<f32>(lane(means + step, l)) + delta * delta * count * rows / (count + rows);
        count += rows;
        mean += delta * rows / count;
      }
    }
    const rest = job.x + <usize>job.rows * step;
    for (let i = channel; i < job.tail; i += job.channels) {
      const delta = <f64>load<f32>(lane(rest, i)) - mean;
      count += 1;
      mean += delta / count;
      squares += delta * (<f64>load<f32>(lane(rest, i)) - mean);
    }
    const variance = squares / count;
    store<f32>(lane(job.mean, channel), <f32>mean);
    store<f32>(lane(job.variance, channel), <f32>variance);
    const a = <f64>load<f32>(lane(job.scale, channel)) / Math.sqrt(variance + <f64>job.epsilon);
    const b = <f64>load<f32>(lane(job.offset, channel)) - mean * a;
    for (let l = channel; l < job.lanes; l += job.channels) {
      store<f32>(lane(job.laneA, l), <f32>a);
      store<f32>(lane(job.laneB, l), <f32>b);
    }
  }
}

/** y = x * A + B, then ReLU. The task after the last does the tail. */
export function batchNormApplyTask(job: BatchNormJob, task: i32): void {
  const step = <usize>job.lanes << 2;
  const relu = job.relu;
  if (task == job.tasks) {
    const rest = <usize>job.rows * step;
    for (let i = 0; i < job.tail; i++) {
      const value = load<f32>(lane(job.x + rest, i)) * load<f32>(lane(job.laneA, i)) + load<f32>(lane(job.laneB, i));
      store<f32>(lane(job.y + rest, i), relu && value < 0 ? 0 : value);
    }
    return;
  }
  const rows = min(job.rows, (task + 1) * job.rowsPerTask) - task * job.rowsPerTask;
  const start = <usize>(task * job.rowsPerTask) * step;
  for (let at: usize = 0; at < step; at += 32) {
    const a0 = v128.load(job.laneA + at), a1 = v128.load(job.laneA + at, 16);
    const b0 = v128.load(job.laneB + at), b1 = v128.load(job.laneB + at, 16);
    let from = job.x + start + at;
    let to = job.y + start + at;
    for (let row = 0; row < rows; row++) {
      let y0 = madd(v128.load(from), a0, b0);
      let y1 = madd(v128.load(from, 16), a1, b1);
      if (relu) {
        y0 = positive(y0);
        y1 = positive(y1);
      }
      v128.store(to, y0);
      v128.store(to, y1, 16);
      from += step;
      to += step;
    }
  }
}

/** Per task and lane: sum of g, and of g * (x - mean); g is dy, with ReLU only where y > 0. laneC holds the means. */
export function batchNormGradSumsTask(job: BatchNormJob, task: i32): void {
  const rows = min(job.rows, (task + 1) * job.rowsPerTask) - task * job.rowsPerTask;
  const step = <usize>job.lanes << 2;
  const start = <usize>(task * job.rowsPerTask) * step;
  const sums = job.sums + <usize>task * step * 2;
  const zero = f32x4.splat(0);
  const relu = job.relu;
  for (let at: usize = 0; at < step; at += 32) {
    const mean0 = v128.load(job.laneC + at), mean1 = v128.load(job.laneC + at, 16);
    let g0 = zero, g1 = zero, p0 = zero, p1 = zero;
    let place = start + at;
    for (let row = 0; row < rows; row++) {
      let d0 = v128.load(job.dy + place), d1 = v128.load(job.dy + place, 16);
      if (relu) {
        d0 = v128.and(d0, f32x4.gt(v128.load(job.y + place), zero));
        d1 = v128.and(d1, f32x4.gt(v128.load(job.y + place, 16), zero));
      }
      g0 = f32x4.add(g0, d0);
      g1 = f32x4.add(g1, d1);
      p0 = madd(d0, f32x4.sub(v128.load(job.x + place), mean0), p0);
      p1 = madd(d1, f32x4.sub(v128.load(job.x + place, 16), mean1), p1);
      place += step;
    }
    v128.store(sums + at, g0);
    v128.store(sums + at, g1, 16);
    v128.store(sums + step + at, p0);
    v128.store(sums + step + at, p1, 16);
  }
}

/** Fills laneC with the means. */
export function batchNormGradBegin(job: BatchNormJob): void {
  for (let l = 0; l < job.lanes; l++) store<f32>(lane(job.laneC, l), load<f32>(lane(job.mean, l % job.channels)));
}

/** Sums up; fills dscale, doffset and the lanes of dx = g * A + (x - mean) * B + D. */
export function batchNormGradFinish(job: BatchNormJob): void {
  const step = <usize>job.lanes << 2;
  const count = (<f64>job.rows * <f64>job.lanes + <f64>job.tail) / <f64>job.channels;
  for (let channel = 0; channel < job.channels; channel++) {
    let sum: f64 = 0, product: f64 = 0;
    const mean = load<f32>(lane(job.mean, channel));
    for (let task = 0; task < job.tasks; task++) {
      const sums = job.sums + <usize>task * step * 2;
      for (let l = channel; l < job.lanes; l += job.channels) {
        sum += <f64>load<f32>(lane(sums, l));
        product += <f64>load<f32>(lane(sums + step, l));
      }
    }
    const rest = <usize>job.rows * step;
    for (let i = channel; i < job.tail; i += job.channels) {
      if (job.relu && !(load<f32>(lane(job.y + rest, i)) > 0)) continue;
      const g = <f64>load<f32>(lane(job.dy + rest, i));
      sum += g;
      product += g * <f64>(load<f32>(lane(job.x + rest, i)) - mean);
    }
    const inverse = 1 / Math.sqrt(<f64>load<f32>(lane(job.variance, channel)) + <f64>job.epsilon);
    const a = <f64>load<f32>(lane(job.scale, channel)) * inverse;
    store<f32>(lane(job.dscale, channel), <f32>(product * inverse));
    store<f32>(lane(job.doffset, channel), <f32>sum);
    for (let l = channel; l < job.lanes; l += job.channels) {
      store<f32>(lane(job.laneA, l), <f32>a);
      store<f32>(lane(job.laneB, l), <f32>(-a * product * inverse * inverse / count));
      store<f32>(lane(job.laneD, l), <f32>(-a * sum / count));
    }
  }
}

/** dx = g * A + (x - mean) * B + D. The task after the last does the tail. */
export function batchNormGradTask(job: BatchNormJob, task: i32): void {
  const step = <usize>job.lanes << 2;
  const relu = job.relu;
  if (task == job.tasks) {
    const rest = <usize>job.rows * step;
    for (let i = 0; i < job.tail; i++) {
      const g = relu && !(load<f32>(lane(job.y + rest, i)) > 0) ? <f32>0 : load<f32>(lane(job.dy + rest, i));
      const deviation = load<f32>(lane(job.x + rest, i)) - load<f32>(lane(job.laneC, i));
      store<f32>(lane(job.dx + rest, i), g * load<f32>(lane(job.laneA, i)) + deviation * load<f32>(lane(job.laneB, i)) + load<f32>(lane(job.laneD, i)));
    }
    return;
  }
  const rows = min(job.rows, (task + 1) * job.rowsPerTask) - task * job.rowsPerTask;
  const start = <usize>(task * job.rowsPerTask) * step;
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < step; at += 16) {
    const a = v128.load(job.laneA + at), b = v128.load(job.laneB + at), c = v128.load(job.laneC + at), d = v128.load(job.laneD + at);
    let place = start + at;
    for (let row = 0; row < rows; row++) {
      let g = v128.load(job.dy + place);
      if (relu) g = v128.and(g, f32x4.gt(v128.load(job.y + place), zero));
      v128.store(job.dx + place, madd(g, a, madd(f32x4.sub(v128.load(job.x + place), c), b, d)));
      place += step;
    }
  }
}
