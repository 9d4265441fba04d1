/**
 * One pass of an optimizer over the values of one parameter. No fused multiply-add here: each operation rounds by itself, so that the result has
 * the bits of the chain of plain operations that it stands for.
 */
@unmanaged
export class AdamJob {
  grad: usize;
  m: usize;
  v: usize;
  update: usize;
  nextM: usize;
  nextV: usize;
  values: i32;
  valuesPerTask: i32;
  gain1: f32;
  gain2: f32;
  correct: f32;
  epsilon: f32;
}

/** m <- m + (g - m) * gain1; v <- v + (g * g - v) * gain2; update = m / (sqrt(v) * correct + epsilon). */
export function adamTask(job: AdamJob, task: i32): void {
  const begin = <usize>(task * job.valuesPerTask) << 2;
  const end = <usize>min(job.values, (task + 1) * job.valuesPerTask) << 2;
  const grad = job.grad, m = job.m, v = job.v, update = job.update, nextM = job.nextM, nextV = job.nextV;
  const gain1 = f32x4.splat(job.gain1), gain2 = f32x4.splat(job.gain2);
  const correct = f32x4.splat(job.correct), epsilon = f32x4.splat(job.epsilon);
  let at = begin;
  for (; at + 16 <= end; at += 16) {
    const g = v128.load(grad + at), m0 = v128.load(m + at), v0 = v128.load(v + at);
    const m1 = f32x4.add(m0, f32x4.mul(f32x4.sub(g, m0), gain1));
    const v1 = f32x4.add(v0, f32x4.mul(f32x4.sub(f32x4.mul(g, g), v0), gain2));
    v128.store(nextM + at, m1);
    v128.store(nextV + at, v1);
    v128.store(update + at, f32x4.div(m1, f32x4.add(f32x4.mul(f32x4.sqrt(v1), correct), epsilon)));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(grad + at), m0 = load<f32>(m + at), v0 = load<f32>(v + at);
    const m1 = m0 + (g - m0) * job.gain1;
    const v1 = v0 + (g * g - v0) * job.gain2;
    store<f32>(nextM + at, m1);
    store<f32>(nextV + at, v1);
    store<f32>(update + at, m1 / (sqrt<f32>(v1) * job.correct + job.epsilon));
  }
}

@unmanaged
export class WeightedSumJob {
  a: usize;
  b: usize;
  y: usize;
  values: i32;
  valuesPerTask: i32;
  alpha: f32;
  beta: f32;
}

/** y = a * alpha + b * beta */
export function weightedSumTask(job: WeightedSumJob, task: i32): void {
  const end = <usize>min(job.values, (task + 1) * job.valuesPerTask) << 2;
  const a = job.a, b = job.b, y = job.y;
  const alpha = f32x4.splat(job.alpha), beta = f32x4.splat(job.beta);
  let at = <usize>(task * job.valuesPerTask) << 2;
  for (; at + 16 <= end; at += 16)
    v128.store(y + at, f32x4.add(f32x4.mul(v128.load(a + at), alpha), f32x4.mul(v128.load(b + at), beta)));
  for (; at < end; at += 4) store<f32>(y + at, load<f32>(a + at) * job.alpha + load<f32>(b + at) * job.beta);
}
