/**
 * Batch normalization over a tensor read as [rows, lanes]: lanes is a multiple of 16 and of the channels, so that a row holds whole pixels
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
export function lane(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}
