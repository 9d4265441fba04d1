/** a * b + c, fused where the engine can. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** max(a, 0), one instruction; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function positive(a: v128): v128 {
  return f32x4.pmax(a, f32x4.splat(0));
}

/** Stores the first `count` lanes: all for 4 and more, none for 0 and less. */
// @ts-ignore: decorator
@inline
export function storeLanes(out: usize, a: v128, count: i32): void {
  if (count >= 4) v128.store(out, a);
  else {
    if (count > 0) v128.store_lane<f32>(out, a, 0);
    if (count > 1) v128.store_lane<f32>(out, a, 1, 4);
    if (count > 2) v128.store_lane<f32>(out, a, 2, 8);
  }
}
