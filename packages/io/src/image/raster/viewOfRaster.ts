import type { Laterality, ViewPosition } from "@mammo/mammogram";
import type { SourceView } from "../../dicom/sourceView.ts";
import type { Raster } from "./raster.ts";

/** A gray image and what its cohort knows of it -> a view to standardize. Film scans have no VOI: brightness is a ramp, stretched later. */
export function viewOfRaster(
  raster: Raster,
  known: {
    readonly laterality: Laterality;
    readonly view: ViewPosition;
    readonly mmPerPixel: readonly [row: number, column: number];
    readonly sha256?: string;
  },
): SourceView {
  const lut = Float32Array.from({ length: raster.storedValues.BYTES_PER_ELEMENT === 1 ? 256 : 65536 }, (_, value) =>
    Math.min(value / raster.maxValue, 1),
  );
  return { storedValues: raster.storedValues, rows: raster.rows, columns: raster.columns, lut, isLinear: true, ...known };
}
