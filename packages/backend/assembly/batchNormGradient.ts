import { BatchNormJob, lane } from "./batchNormJob";
import { madd } from "./simd";

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
