// The innermost loops, written out: WebAssembly keeps values in registers only when each has its own local variable.
const times = (count, line) => Array.from({ length: count }, (_, index) => line(index)).join("\n");
const sizes = (limit) => Array.from({ length: limit }, (_, index) => index + 1);

// One step a turn and no more: V8 puts all loads of a turn before its arithmetic, and those of an unrolled loop do not fit the registers.

/** Tile of the convolution: `pixels` neighboring outputs x `vectors` * 4 channels, summed over all kernel rows. */
function convTile(pixels, vectors) {
  return `
export function conv${pixels}x${vectors}(tile: ConvTile): void {
let weights = tile.weights;
let rows = tile.rows;
const bias = tile.bias;
${times(pixels, (p) => times(vectors, (v) => `let a${p}_${v} = v128.load(bias, ${v * 16});`))}
const rowsEnd = rows + (<usize>tile.segments << 2);
do {
let p0 = load<usize>(rows) + tile.offset;
${times(pixels - 1, (p) => `let p${p + 1} = p${p} + tile.step;`)}
const end = p0 + tile.bytes;
do {
${times(vectors, (v) => `const w${v} = v128.load(weights, ${v * 16});`)}
${times(pixels, (p) => `const x${p} = v128.load_splat<f32>(p${p});\n${times(vectors, (v) => `a${p}_${v} = madd(x${p}, w${v}, a${p}_${v});`)}`)}
${times(pixels, (p) => `p${p} += 4;`)}
weights += ${vectors * 16};
} while (p0 < end);
rows += 4;
} while (rows < rowsEnd);
if (tile.relu) {
${times(pixels, (p) => times(vectors, (v) => `a${p}_${v} = positive(a${p}_${v});`))}
}
let out = tile.out;
const outStep = tile.outStep;
const keep = tile.keep;
if (keep == ${vectors * 4}) {
${times(pixels, (p) => `${times(vectors, (v) => `v128.store(out, a${p}_${v}, ${v * 16});`)}\nout += outStep;`)}
} else {
${times(pixels, (p) => `${times(vectors, (v) => `storeLanes(out + ${v * 16}, a${p}_${v}, keep - ${v * 4});`)}\nout += outStep;`)}
}
}`;
}

/** Tile of the filter's gradient: `taps` neighboring inputs x `vectors` * 4 output channels, summed over a row of pixels. */
function filterTile(taps, vectors) {
  return `
export function filter${taps}x${vectors}(x: usize, xStep: usize, dy: usize, dyStep: usize, pixels: i32, sums: usize, sumsStep: usize): void {
let s = sums;
${times(taps, (t) => `${times(vectors, (v) => `let a${t}_${v} = v128.load(s, ${v * 16});`)}\ns += sumsStep;`)}
${times(vectors, (v) => `let d${v}: v128;`)}
let value: v128;
for (let i = 0; i < pixels; i++) {
${times(vectors, (v) => `d${v} = v128.load(dy, ${v * 16});`)}
${times(taps, (t) => `value = v128.load_splat<f32>(x, ${t * 4});\n${times(vectors, (v) => `a${t}_${v} = madd(value, d${v}, a${t}_${v});`)}`)}
x += xStep;
dy += dyStep;
}
s = sums;
${times(taps, (t) => `${times(vectors, (v) => `v128.store(s, a${t}_${v}, ${v * 16});`)}\ns += sumsStep;`)}
}`;
}

function dispatch(name, limit, vectors, parameters) {
  const names = parameters.split(",").map((parameter) => parameter.split(":")[0].trim());
  return `
// @ts-ignore: decorator
@inline
export function ${name}Tile${vectors}(size: i32, ${parameters}): void {
switch (size) {
${sizes(limit)
  .map((size) => `case ${size}: ${name}${size}x${vectors}(${names.join(", ")}); break;`)
  .join("\n")}
default: unreachable();
}
}`;
}

const convParameters = "tile: ConvTile";
const filterParameters = "x: usize, xStep: usize, dy: usize, dyStep: usize, pixels: i32, sums: usize, sumsStep: usize";

/** The tile sizes that fit the 15 vector registers V8 gives out on x64, for two vectors and for one. */
const tileSizes = { conv: [4, 6], filter: [4, 6] };

export function tiles(sizesOfTiles = tileSizes) {
  const [conv2, conv1] = sizesOfTiles.conv;
  const [filter2, filter1] = sizesOfTiles.filter;
  return `import { madd, positive, storeLanes } from "./simd";
import { ConvTile } from "./convWindow";
export const CONV2: i32 = ${conv2};
export const CONV1: i32 = ${conv1};
export const FILTER2: i32 = ${filter2};
export const FILTER1: i32 = ${filter1};
${sizes(conv2)
  .map((size) => convTile(size, 2))
  .join("")}
${sizes(conv1)
  .map((size) => convTile(size, 1))
  .join("")}
${sizes(filter2)
  .map((size) => filterTile(size, 2))
  .join("")}
${sizes(filter1)
  .map((size) => filterTile(size, 1))
  .join("")}
${dispatch("conv", conv2, 2, convParameters)}
${dispatch("conv", conv1, 1, convParameters)}
${dispatch("filter", filter2, 2, filterParameters)}
${dispatch("filter", filter1, 1, filterParameters)}
`;
}
