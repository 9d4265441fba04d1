import type { Binary } from "./binary.ts";

/** Brightness in levels, as `breastMask` looks at it. */
interface LevelImage {
  readonly levels: Uint16Array;
  readonly columns: number;
}

/** A holder or tape reaches this far into a film at most, and a mask this near to the image's top may have one on it. */
const deepestMm = 20;
const topMm = 3;

/** A step between two rows 1 mm apart counts from this many of 512 levels on; it must have one sign over this share of the breast, and the breast be this wide there. */
const leastStep = 15;
const wholeShare = 0.75;
const leastWidthMm = 20;

/**
 * Cuts the rows of a mask that lie on a film's holder or tape: above a step of brightness that runs along one row over all of the breast. No anatomy is that straight.
 *
 * Ours. Found so in mini-MIAS, where tape lies on a dozen of 308 films.
 */
export function cutFilmEdge(mask: Binary, { levels, columns }: LevelImage, mm: number): Binary {
  const top = Math.floor(mask.pixels.indexOf(1) / columns);
  if (top < 0 || top * mm > topMm) return mask;
  let cut = 0;
  for (let row = top + 2; row < Math.min(top + deepestMm / mm, mask.rows - 2); row++) {
    let [up, down, count] = [0, 0, 0];
    for (let at = row * columns; at < (row + 1) * columns; at++) {
      if (mask.pixels[at - 2 * columns] === 0 || mask.pixels[at + 2 * columns] === 0) continue;
      const step = levels[at + columns]! - levels[at - columns]!;
      if (step >= leastStep) up++;
      else if (step <= -leastStep) down++;
      count++;
    }
    if (count * mm >= leastWidthMm && Math.max(up, down) >= wholeShare * count) cut = row + 2;
  }
  return cut === 0 ? mask : { ...mask, pixels: mask.pixels.slice().fill(0, 0, cut * columns) };
}
