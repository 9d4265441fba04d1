/** A binary image: 1 inside, 0 outside, row-major. */
export interface Binary {
  readonly pixels: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Erosion or dilation by a square of 2 radius + 1 pixels, radius a whole number >= 0; what lies beyond the edge of the image does not count. `pixels` of the result are new.
 *
 * Source: documented (the two operations of mathematical morphology, Serra 1982), in a time that does not depend on the radius.
 *
 * @example const { pixels } = morph(mask, Math.round(3 / mmPerPixel), "erode");
 */
export function morph(source: Binary, radius: number, kind: "erode" | "dilate"): Binary {
  const seek = kind === "erode" ? 0 : 1; // One such pixel under the square decides.
  const { rows, columns } = source;
  const across = new Uint8Array(source.pixels.length).fill(1 - seek);
  // How many pixels from here on the last sought one still reaches. No search for runs: grain has as many runs as pixels.
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    let left = 0;
    for (let at = base; at < base + columns; at++) {
      if (source.pixels[at] === seek) left = radius + 1;
      if (left > 0) across[at] = seek;
      left--;
    }
    left = 0;
    for (let at = base + columns - 1; at >= base; at--) {
      if (source.pixels[at] === seek) left = radius + 1;
      if (left > 0) across[at] = seek;
      left--;
    }
  }
  // Down and up all columns at once, row by row, so that memory is read in order.
  const pixels = new Uint8Array(across.length).fill(1 - seek);
  const left = new Int32Array(columns);
  for (const down of [true, false]) {
    left.fill(0);
    for (let step = 0; step < rows; step++) {
      const base = (down ? step : rows - 1 - step) * columns;
      for (let column = 0; column < columns; column++) {
        const reach = across[base + column] === seek ? radius + 1 : left[column]!;
        if (reach > 0) pixels[base + column] = seek;
        left[column] = reach - 1;
      }
    }
  }
  return { ...source, pixels };
}

/** A region of 4-connected pixels of one value. */
export interface Region {
  readonly size: number;
  /** Which edges of the image it touches. */
  readonly touches: { readonly top: boolean; readonly left: boolean; readonly bottom: boolean; readonly right: boolean };
}

/** The 4-connected regions of `value`; `labels` numbers them from 1 on, pixels of the other value have 0. */
export function regionsOf(source: Binary, value: 0 | 1): { readonly labels: Int32Array; readonly regions: readonly Region[] } {
  const { pixels, rows, columns } = source;
  // Runs along rows, joined with those that they touch in the row above (union-find over runs, not pixels).
  const starts: number[] = [];
  const ends: number[] = [];
  const parents: number[] = [];
  const root = (run: number): number => {
    while (parents[run] !== run) run = parents[run] = parents[parents[run]!]!;
    return run;
  };
  let above = 0;
  let here = 0;
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * columns;
    above = here;
    here = starts.length;
    let candidate = above;
    for (let at = row * columns; ; ) {
      while (at < end && pixels[at] !== value) at++;
      if (at === end) break;
      let stop = at + 1;
      while (stop < end && pixels[stop] === value) stop++;
      const run = starts.push(at) - 1;
      ends.push(stop);
      parents.push(run);
      while (candidate < here && ends[candidate]! + columns <= at) candidate++;
      for (let other = candidate; other < here && starts[other]! + columns < stop; other++) parents[root(other)] = root(run);
      at = stop;
    }
  }
  const labels = new Int32Array(pixels.length);
  const numbers = new Map<number, number>();
  const regions: { size: number; touches: { top: boolean; left: boolean; bottom: boolean; right: boolean } }[] = [];
  for (let run = 0; run < starts.length; run++) {
    const top = root(run);
    let number = numbers.get(top);
    if (number === undefined)
      numbers.set(top, (number = regions.push({ size: 0, touches: { top: false, left: false, bottom: false, right: false } })));
    const [start, stop] = [starts[run]!, ends[run]!];
    labels.fill(number, start, stop);
    const region = regions[number - 1]!;
    region.size += stop - start;
    if (start < columns) region.touches.top = true;
    if (start % columns === 0) region.touches.left = true;
    if (start >= (rows - 1) * columns) region.touches.bottom = true;
    if (stop % columns === 0) region.touches.right = true;
  }
  return { labels, regions };
}

/** Fills the regions of 0 that do not touch the image's edge; with `openSides` also those that touch only its left or only its right edge. */
export function fillHoles(source: Binary, options: { readonly openSides?: boolean } = {}): Binary {
  const { labels, regions } = regionsOf(source, 0);
  const isHole = regions.map(
    ({ touches: { top, left, bottom, right } }) => !top && !bottom && (options.openSides ? !(left && right) : !left && !right),
  );
  const pixels = source.pixels.slice();
  for (let at = 0; at < pixels.length; at++) if (labels[at]! > 0 && isHole[labels[at]! - 1]) pixels[at] = 1;
  return { ...source, pixels };
}

/** How many pixels are 1. */
export function countOnes(pixels: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at++) sum += pixels[at]!;
  return sum;
}
