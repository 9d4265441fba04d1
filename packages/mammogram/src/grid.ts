/** A gray image, row-major, length rows x columns. Standard images have pixels in [0, 1] with 0 the background. */
export interface Grid {
  readonly pixels: Float32Array;
  readonly rows: number;
  readonly columns: number;
}
