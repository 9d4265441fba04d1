import type { Box } from "@mammo/mammogram";

/** Where the cells of a map lie in the image that it was made from, and what each sees. In pixels, alike along rows and columns. */
export interface MapGeometry {
  /** From the center of one cell to that of the next. */
  readonly stride: number;
  /** Center of the first cell, continuous: pixel 0 has its center at 0.5. */
  readonly offset: number;
  /** Side of the square that a cell stands for, padding apart: the smallest image that has one cell. */
  readonly cellSize: number;
  /** Side of the square that a cell sees anything of. */
  readonly receptiveField: number;
}

/** A map that a graph gives, as timm's `feature_info` tells it. */
export interface FeatureMap extends MapGeometry {
  /** The block that gives it. */
  readonly name: string;
  readonly channels: number;
}

/** The window of a convolution or pool: kernel, stride and padding. */
export interface Window {
  readonly size: number;
  readonly stride?: number;
  /** "same" keeps the centers of the cells, which it does at stride 1 and odd sizes. */
  readonly pad: "same" | "valid";
}

/** The image itself as a map. */
export const imageGeometry: MapGeometry = { stride: 1, offset: 0.5, cellSize: 1, receptiveField: 1 };

/** The map after a window has run over it. */
export function afterWindow(map: MapGeometry, { size, stride = 1, pad }: Window): MapGeometry {
  if (pad === "same" && (stride !== 1 || size % 2 === 0))
    throw new RangeError(`Expected "same" padding at stride 1 and an odd size, got stride ${stride} and size ${size}.`);
  const reach = (size - 1) * map.stride;
  return {
    stride: map.stride * stride,
    offset: pad === "same" ? map.offset : map.offset + reach / 2,
    cellSize: pad === "same" ? map.cellSize : map.cellSize + reach,
    receptiveField: map.receptiveField + reach,
  };
}

/** Cells along a side of the image, at least 0. */
export function cellsAlong(pixels: number, { stride, cellSize }: MapGeometry): number {
  return Math.max(0, Math.floor((pixels - cellSize) / stride) + 1);
}

/** Center of a cell along one axis: 0 is the first row or column of the map. */
export function cellCenter(index: number, { stride, offset }: MapGeometry): number {
  return offset + index * stride;
}

/** The square that a cell stands for, in pixels of the image. */
export function cellBox({ row, column }: { readonly row: number; readonly column: number }, map: MapGeometry): Box {
  const [top, left] = [cellCenter(row, map) - map.cellSize / 2, cellCenter(column, map) - map.cellSize / 2];
  return { top, left, bottom: top + map.cellSize, right: left + map.cellSize };
}
