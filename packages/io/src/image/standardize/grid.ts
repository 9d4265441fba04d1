/** float32 values, row-major, length rows x columns. */
export interface Grid {
  readonly pixels: Float32Array;
  readonly rows: number;
  readonly columns: number;
}
