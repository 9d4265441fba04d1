import type { Laterality, ViewPosition } from "../../dicom/header/view.ts";
import type { SourceView } from "../standardize/standardize.ts";
import type { Raster } from "./raster.ts";

/** A grey picture and what its cohort knows of it -> a view to standardize. Film scans have no VOI: brightness is a ramp, stretched later. */
export function viewOfRaster(
  raster: Raster,
  known: {
    readonly laterality: Laterality;
    readonly view: ViewPosition;
    readonly mmPerPixel: readonly [row: number, column: number];
    readonly sha256?: string;
  },
): SourceView {
  const table = Float32Array.from({ length: raster.cells.BYTES_PER_ELEMENT === 1 ? 256 : 65536 }, (_, value) => Math.min(value / raster.maxValue, 1));
  return { cells: raster.cells, rows: raster.rows, columns: raster.columns, table, isRamp: true, ...known };
}
