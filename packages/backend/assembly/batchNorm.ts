import { BatchNormJob, lane } from "./batchNormJob";
import { madd, positive } from "./simd";

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
