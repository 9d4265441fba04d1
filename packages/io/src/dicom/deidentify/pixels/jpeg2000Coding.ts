import type { Jpeg2000Marker, Jpeg2000Markers } from "./jpeg2000Markers.ts";

/** How a component is coded (ITU-T T.800 A.6.1, A.6.2). */
export interface ComponentCoding {
  readonly levels: number;
  /** Exponents of a code block's size. */
  readonly block: readonly [x: number, y: number];
  readonly style: number;
  /** Exponents of a precinct's size, by resolution. */
  readonly precincts: readonly (readonly [x: number, y: number])[];
}

/** What a codestream's main header says of its packets. */
export interface Jpeg2000Coding {
  /** Of the image and of a tile: X, Y, XO, YO, XT, YT, XTO, YTO. */
  readonly grid: readonly number[];
  readonly components: readonly ComponentCoding[];
  readonly hasSop: boolean;
  readonly hasEph: boolean;
  readonly progression: number;
  readonly layers: number;
}

export const jpeg2000Codes = {
  cap: 0x50,
  size: 0x51,
  coding: 0x52,
  componentCoding: 0x53,
  tileLengths: 0x55,
  quantization: 0x5c,
  componentQuantization: 0x5d,
  region: 0x5e,
  comment: 0x64,
} as const;
const codes = jpeg2000Codes;
/** Markers whose segments may not be there twice, those for a component apart. */
const single: ReadonlySet<number> = new Set([codes.cap, codes.size, codes.coding, codes.quantization]);
const readable: ReadonlySet<number> = new Set([...single, codes.componentCoding, codes.componentQuantization, codes.region]);
/** Pointers, profiles and registration: a picture is decoded without them. */
const needless: ReadonlySet<number> = new Set([codes.tileLengths, 0x56, 0x57, 0x58, 0x59, 0x63, codes.comment]);

/**
 * The coding of a codestream's packets; undefined where it is of a kind that is not followed here: packet headers in the main header, orders that change, components that are subsampled or many, several tiles with a coding of their own.
 */
export function readJpeg2000Coding(encoded: Uint8Array, { main, inTiles, tileParts }: Jpeg2000Markers): Jpeg2000Coding | undefined {
  const [inMain, inTile] = [main, inTiles].map((all) => all.filter(({ marker }) => !needless.has(marker))) as [Jpeg2000Marker[], Jpeg2000Marker[]];
  if (inTile.length > 0 && tileParts.some(({ tile }) => tile !== 0)) return undefined;
  const isPlain = [inMain, inTile].every((all) => {
    const named = all.map(({ marker, start }) => (single.has(marker) ? marker : 256 * marker + encoded[start + 4]!));
    return new Set(named).size === named.length && all.every(({ marker }) => readable.has(marker));
  });
  const size = inMain.find(({ marker }) => marker === codes.size);
  const isCoding = ({ marker }: Jpeg2000Marker): boolean => marker === codes.coding;
  const coding = inTile.find(isCoding) ?? inMain.find(isCoding);
  if (!isPlain || size === undefined || coding === undefined || size.end - size.start < 41) return undefined;
  // A tile's own coding goes before what the main header says of components.
  const own = inTile.some(isCoding) ? inTile : [...inTile, ...inMain];
  const view = new DataView(encoded.buffer, encoded.byteOffset + size.start, size.end - size.start);
  const count = view.getUint16(38);
  if (count < 1 || count > 4 || size.end - size.start < 40 + 3 * count) return undefined;
  for (let index = 0; index < count; index++) if (view.getUint16(41 + 3 * index) !== 0x0101) return undefined;
  const usual = codingOf(encoded.subarray(coding.start + 9, coding.end), encoded[coding.start + 4]!);
  const components = Array.from({ length: count }, (_, index) => {
    const special = own.find(({ marker, start }) => marker === codes.componentCoding && encoded[start + 4] === index);
    return special ? codingOf(encoded.subarray(special.start + 6, special.end), encoded[special.start + 5]!) : usual;
  }).filter((one) => one !== undefined);
  if (components.length < count) return undefined;
  const [style = 0, progression = 0, high = 0, low = 0] = encoded.subarray(coding.start + 4, coding.start + 8);
  const grid = Array.from({ length: 8 }, (_, index) => view.getUint32(6 + 4 * index));
  return { grid, components, hasSop: (style & 2) !== 0, hasEph: (style & 4) !== 0, progression, layers: 256 * high + low };
}

/** SPcod or SPcoc (table A.15). */
function codingOf([levels, x, y, style, , ...sizes]: Uint8Array, has: number): ComponentCoding | undefined {
  if (levels === undefined || x === undefined || y === undefined || style === undefined || levels > 32 || x > 8 || y > 8) return undefined;
  if ((has & 1) === 1 && sizes.length < levels + 1) return undefined;
  const precincts = Array.from({ length: levels + 1 }, (_, index) =>
    (has & 1) === 1 ? ([sizes[index]! & 15, sizes[index]! >> 4] as const) : ([15, 15] as const),
  );
  return { levels, block: [x + 2, y + 2], style, precincts };
}

/** How much of a main header's segment its own fields call for; undefined where it is needless. */
export function neededLength(encoded: Uint8Array, marker: number, start: number, levels: number): number | undefined {
  const at = start + 4;
  const bands = 3 * levels + 1;
  const steps = (style: number): number => ((style & 31) === 0 ? bands : (style & 31) === 1 ? 2 : 2 * bands);
  if (needless.has(marker)) return undefined;
  if (marker === codes.cap)
    return 4 + 2 * [...encoded.subarray(at, at + 4)].reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
  if (marker === codes.size) return 36 + 3 * (256 * (encoded[at + 34] ?? 0) + (encoded[at + 35] ?? 0));
  if (marker === codes.coding) return 10 + ((encoded[at] ?? 0) & 1) * ((encoded[at + 5] ?? 0) + 1);
  if (marker === codes.componentCoding) return 7 + ((encoded[at + 1] ?? 0) & 1) * ((encoded[at + 2] ?? 0) + 1);
  if (marker === codes.quantization) return 1 + steps(encoded[at] ?? 0);
  if (marker === codes.componentQuantization) return 2 + steps(encoded[at + 1] ?? 0);
  return marker === codes.region ? 3 : Number.POSITIVE_INFINITY;
}
