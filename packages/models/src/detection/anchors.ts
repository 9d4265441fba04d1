import { requireKnownKeys } from "@mammo/mammogram";

/** The cells of one map, and how large the anchors on them are. */
export interface AnchorLevel {
  /** Cells of the map. */
  readonly rows: number;
  readonly columns: number;
  /** Pixels from cell to cell, and the center of the first one. */
  readonly stride: number;
  readonly offset: number;
  /** Sides of the square anchors, pixels: √area of the others. */
  readonly sizes: readonly number[];
}

/**
 * The anchors of an input, level by level, cell by cell, row-major: [A, 4] as top, left, bottom, right in pixels. In a cell the ratios (height over width)
 * come in their order and in each the level's sizes: torchvision's order. An anchor of size s and ratio r is s√r high and s/√r wide.
 *
 * Source: Lin et al. 2017 (RetinaNet). Re-implementation; unlike torchvision's, not rounded to whole pixels, and centered on the cells.
 *
 * @throws RangeError for a level without cells or sizes, and for sizes and ratios that are not above 0.
 * @example
 * const anchors = anchorGrid(model.anchorLevels(1200, 800), { ratios: [0.5, 1, 2] });
 */
export function anchorGrid(levels: readonly AnchorLevel[], options: { readonly ratios: readonly number[] }): Float32Array {
  requireKnownKeys("anchorGrid", options, { ratios: true });
  const { ratios } = options;
  requirePositive(ratios, "ratios");
  for (const { sizes } of levels) requirePositive(sizes, "sizes");
  const counts = levels.map(({ rows, columns, sizes }) => rows * columns * sizes.length * ratios.length);
  if (counts.some((count) => !(Number.isInteger(count) && count > 0)))
    throw new RangeError(`Expected levels of at least one cell, got ${levels.map(({ rows, columns }) => `${rows}x${columns}`).join(", ")}.`);
  const anchors = new Float32Array(4 * counts.reduce((total, count) => total + count, 0));
  let at = 0;
  for (const { rows, columns, stride, offset, sizes } of levels) {
    const halves = ratios.flatMap((ratio) => sizes.map((size) => [(size * Math.sqrt(ratio)) / 2, size / Math.sqrt(ratio) / 2] as const));
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (const [high, wide] of halves) {
          const [y, x] = [offset + row * stride, offset + column * stride];
          anchors[at++] = y - high;
          anchors[at++] = x - wide;
          anchors[at++] = y + high;
          anchors[at++] = x + wide;
        }
  }
  return anchors;
}

function requirePositive(values: readonly number[], name: string): void {
  if (values.length === 0 || values.some((value) => !(value > 0 && value < Infinity)))
    throw new RangeError(`Expected ${name} above 0, at least one, got ${values.join(", ") || "none"}.`);
}
