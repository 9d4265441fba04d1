import type { Jpeg2000Coding } from "./jpeg2000Coding.ts";
import { tagTree } from "./tagTree.ts";

/** What a packet's header is read with, of one code block. */
export interface CodeBlock {
  readonly x: number;
  readonly y: number;
  isIncluded: boolean;
  lengthBits: number;
  /** Passes of the codeword segment that is open, and how many it takes. */
  passes: number;
  most: number;
}

/** The code blocks of one subband in a precinct. */
export interface PrecinctBand {
  readonly blocks: readonly CodeBlock[];
  readonly inclusion: ReturnType<typeof tagTree>;
  readonly zeroPlanes: ReturnType<typeof tagTree>;
}

/** A precinct of a component's resolution: one packet of it for each layer. */
export interface Precinct {
  readonly component: number;
  readonly resolution: number;
  readonly index: number;
  /** Where it begins on the reference grid. */
  readonly x: number;
  readonly y: number;
  readonly style: number;
  readonly bands: readonly PrecinctBand[];
}

/** The precincts of a tile (ITU-T T.800 B.5 to B.7), in no order of packets; undefined for more code blocks than `most`. */
export function jpeg2000Precincts(
  { grid, components }: Jpeg2000Coding,
  tile: number,
  most: number,
): { readonly precincts: readonly Precinct[]; readonly blocks: number } | undefined {
  const [x1, y1, x0, y0, width, height, left, top] = grid as [number, number, number, number, number, number, number, number];
  if (width === 0 || height === 0) return undefined;
  const across = Math.ceil((x1 - left) / width);
  const [column, row] = [tile % across, Math.floor(tile / across)];
  const from = [Math.max(left + column * width, x0), Math.max(top + row * height, y0)] as const;
  const to = [Math.min(left + (column + 1) * width, x1), Math.min(top + (row + 1) * height, y1)] as const;
  const precincts: Precinct[] = [];
  let room = most;
  for (const [component, { levels, block, style, precincts: sizes }] of components.entries()) {
    for (let resolution = 0; resolution <= levels; resolution++) {
      const down = 2 ** (levels - resolution);
      const size = sizes[resolution]!.map((exponent) => 2 ** exponent) as [number, number];
      const isLowest = resolution === 0;
      if (!isLowest && (size[0] === 1 || size[1] === 1)) return undefined;
      const [first, last] = [
        from.map((at, axis) => Math.floor(Math.ceil(at / down) / size[axis]!)),
        to.map((at, axis) => Math.ceil(Math.ceil(at / down) / size[axis]!)),
      ];
      if (from.some((at, axis) => Math.ceil(to[axis]! / down) <= Math.ceil(at / down))) continue;
      for (let py = first[1]!; py < last[1]!; py++) {
        for (let px = first[0]!; px < last[0]!; px++) {
          const bands: PrecinctBand[] = [];
          for (const offset of isLowest
            ? ([[0, 0]] as const)
            : ([
                [1, 0],
                [0, 1],
                [1, 1],
              ] as const)) {
            const span = [px, py].map((at, axis) => {
              const scale = isLowest ? down : 2 * down;
              const shift = (offset[axis]! * scale) / 2;
              const part = isLowest ? size[axis]! : size[axis]! / 2;
              const cell = Math.min(2 ** block[axis]!, part);
              const low = Math.max(at * part, Math.ceil((from[axis]! - shift) / scale));
              const high = Math.min((at + 1) * part, Math.ceil((to[axis]! - shift) / scale));
              return Math.max(high > low ? Math.ceil(high / cell) - Math.floor(low / cell) : 0, 0);
            }) as [number, number];
            room -= span[0] * span[1] + 1;
            if (room < 0) return undefined;
            if (span[0] * span[1] > 0) bands.push(bandOf(span[0], span[1], style));
          }
          const [x, y] = [Math.max(from[0], px * size[0] * down), Math.max(from[1], py * size[1] * down)];
          precincts.push({ component, resolution, index: (py - first[1]!) * (last[0]! - first[0]!) + px - first[0]!, x, y, style, bands });
        }
      }
    }
  }
  return { precincts, blocks: most - room };
}

function bandOf(width: number, height: number, style: number): PrecinctBand {
  const blocks = Array.from({ length: width * height }, (_, index) => ({
    x: index % width,
    y: Math.floor(index / width),
    ...{ isIncluded: false, lengthBits: 3, passes: 0, most: (style & 4) !== 0 ? 1 : (style & 1) !== 0 ? 10 : Number.POSITIVE_INFINITY },
  }));
  return { blocks, inclusion: tagTree(width, height), zeroPlanes: tagTree(width, height) };
}
