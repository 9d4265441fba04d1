/** A binary picture: 1 inside, 0 outside, row-major. */
export interface Binary {
  readonly pixels: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

/** Erosion (or dilation) by a square of 2 radius + 1 pixels, by running counts along rows, then columns. Beyond the edge counts as inside for erosion, outside for dilation. */
export function morph(source: Binary, radius: number, kind: "erode" | "dilate"): Binary {
  const seek = kind === "erode" ? 0 : 1; // One such pixel under the square decides.
  const across = alongLines(source.pixels, { lines: source.rows, length: source.columns, lineStep: source.columns, step: 1, radius, seek });
  const pixels = alongLines(across, { lines: source.columns, length: source.rows, lineStep: 1, step: source.columns, radius, seek });
  return { ...source, pixels };
}

function alongLines(
  pixels: Uint8Array,
  options: {
    readonly lines: number;
    readonly length: number;
    readonly lineStep: number;
    readonly step: number;
    readonly radius: number;
    readonly seek: 0 | 1;
  },
): Uint8Array {
  const { lines, length, lineStep, step, radius, seek } = options;
  const out = new Uint8Array(pixels.length);
  for (let line = 0; line < lines; line++) {
    const base = line * lineStep;
    let count = 0;
    for (let at = 0; at < Math.min(radius, length); at++) if (pixels[base + at * step] === seek) count++;
    for (let at = 0; at < length; at++) {
      if (at + radius < length && pixels[base + (at + radius) * step] === seek) count++;
      if (at - radius > 0 && pixels[base + (at - radius - 1) * step] === seek) count--;
      out[base + at * step] = count > 0 ? seek : 1 - seek;
    }
  }
  return out;
}

/** Labels the 4-connected regions of `value` from 1 on; sizes[0] is unused. */
export function regions(source: Binary, value: 0 | 1): { readonly labels: Int32Array; readonly sizes: readonly number[] } {
  const { pixels, rows, columns } = source;
  const labels = new Int32Array(pixels.length);
  const stack = new Int32Array(pixels.length);
  const sizes = [0];
  for (let seed = 0; seed < pixels.length; seed++) {
    if (pixels[seed] !== value || labels[seed] !== 0) continue;
    const label = sizes.length;
    let top = 0;
    let size = 0;
    const visit = (at: number): void => {
      if (pixels[at] === value && labels[at] === 0) {
        labels[at] = label;
        stack[top++] = at;
      }
    };
    visit(seed);
    while (top > 0) {
      const at = stack[--top]!;
      size++;
      const column = at % columns;
      if (column > 0) visit(at - 1);
      if (column + 1 < columns) visit(at + 1);
      if (at >= columns) visit(at - columns);
      if (at + columns < rows * columns) visit(at + columns);
    }
    sizes.push(size);
  }
  return { labels, sizes };
}

/** Fills the regions of 0 that do not touch the picture's edge. */
export function fillHoles(source: Binary): Binary {
  const { rows, columns } = source;
  const { labels, sizes } = regions(source, 0);
  const outside = new Uint8Array(sizes.length);
  for (let column = 0; column < columns; column++) outside[labels[column]!] = outside[labels[(rows - 1) * columns + column]!] = 1;
  for (let row = 0; row < rows; row++) outside[labels[row * columns]!] = outside[labels[row * columns + columns - 1]!] = 1;
  return { ...source, pixels: source.pixels.map((pixel, at) => (pixel === 1 || outside[labels[at]!] === 0 ? 1 : 0)) };
}
