import type { Box, Grid } from "@mammo/mammogram";

/** A mirrored look at an image: upside down, left to right, or both. */
export type Flip = "rows" | "columns" | "both";

const flips: readonly Flip[] = ["rows", "columns", "both"];

/** Which looks beside the plain one a graph takes at an image; the answers are put together. */
export interface FlipOptions {
  /** Default none. All three cost four runs of the graph. */
  readonly flips?: readonly Flip[];
}

/**
 * The looks to take: undefined is the image as it is, always the first.
 *
 * @throws RangeError for a name that is no flip, or comes twice.
 */
export function looks(asked: readonly Flip[] = []): readonly (Flip | undefined)[] {
  if (asked.some((one) => !flips.includes(one)) || new Set(asked).size !== asked.length)
    throw new RangeError(`Expected flips among ${flips.join(", ")}, each once, got ${asked.join(", ")}.`);
  return [undefined, ...asked];
}

/** The image flipped; without a flip the image itself. */
export function flipGrid(grid: Grid, flip: Flip | undefined): Grid {
  if (!flip) return grid;
  const { pixels, rows, columns } = grid;
  const [upside, mirrored] = [flip !== "columns", flip !== "rows"];
  const flipped = new Float32Array(pixels.length);
  for (let row = 0; row < rows; row++) {
    const from = pixels.subarray(row * columns, (row + 1) * columns);
    const line = flipped.subarray((upside ? rows - 1 - row : row) * columns);
    line.set(from);
    if (mirrored) line.subarray(0, columns).reverse();
  }
  return { pixels: flipped, rows, columns };
}

/** A box of the flipped image -> of the image, and the other way round. */
export function flipBox({ top, left, bottom, right }: Box, flip: Flip | undefined, { rows, columns }: Pick<Grid, "rows" | "columns">): Box {
  const [upside, mirrored] = [flip === "rows" || flip === "both", flip === "columns" || flip === "both"];
  return {
    top: upside ? rows - bottom : top,
    left: mirrored ? columns - right : left,
    bottom: upside ? rows - top : bottom,
    right: mirrored ? columns - left : right,
  };
}
