import { type Box, type Grid, requireExtent } from "@mammo/mammogram";
import { ModelError } from "../modelError.ts";

/**
 * Refuses a box whose center does not lie in the image; one that reaches beyond the edge is fine.
 *
 * @throws ModelError `box-outside`, RangeError for a box without extent.
 */
export function requireInside<B extends Box>(box: B, { rows, columns }: Pick<Grid, "rows" | "columns">, name: string): B {
  const { top, left, bottom, right } = requireExtent(box, name);
  const [row, column] = [(top + bottom) / 2, (left + right) / 2];
  if (!(row >= 0 && row < rows && column >= 0 && column < columns))
    throw new ModelError("box-outside", `Expected ${name} with its center in the ${rows}x${columns} view, got the center (${row}, ${column}).`);
  return box;
}
