// The innermost loops, written out: WebAssembly keeps values in registers only when each has its own local variable.
const times = (count, line) => Array.from({ length: count }, (_, index) => line(index)).join("\n");
const sizes = (limit) => Array.from({ length: limit }, (_, index) => index + 1);

/** Tile of the convolution: `pixels` neighbouring outputs x `vectors` * 4 channels, summed over all kernel rows. */
function convTile(pixels, vectors) {
  const accumulate = (index) => `
${times(vectors, (v) => `w${v} = v128.load(weights, ${(index * vectors + v) * 16});`)}
${times(pixels, (p) => `x = v128.load_splat<f32>(p${p}, ${index * 4});\n${times(vectors, (v) => `a${p}_${v} = madd(x, w${v}, a${p}_${v});`)}`)}`;
  const advance = (count) => `${times(pixels, (p) => `p${p} += ${count * 4};`)}\nweights += ${count * vectors * 16};`;
  return `
export function conv${pixels}x${vectors}(rows: usize, segments: i32, bytes: usize, offset: usize, step: usize, weights: usize, bias: usize, out: usize, outStep: usize, keep: i32, relu: i32): void {
${times(pixels, (p) => times(vectors, (v) => `let a${p}_${v} = v128.load(bias, ${v * 16});`))}
${times(vectors, (v) => `let w${v}: v128;`)}
let x: v128;
for (let s = 0; s < segments; s++) {
let p0 = load<usize>(rows + (<usize>s << 2)) + offset;
${times(pixels - 1, (p) => `let p${p + 1} = p${p} + step;`)}
const whole = p0 + (bytes & ~15);
const end = p0 + bytes;
while (p0 < whole) {${times(4, accumulate)}
${advance(4)}
}
while (p0 < end) {${accumulate(0)}
${advance(1)}
}
}
if (relu) {
${times(pixels, (p) => times(vectors, (v) => `a${p}_${v} = positive(a${p}_${v});`))}
}
if (keep == ${vectors * 4}) {
${times(pixels, (p) => `${times(vectors, (v) => `v128.store(out, a${p}_${v}, ${v * 16});`)}\nout += outStep;`)}
} else {
${times(pixels, (p) => `${times(vectors, (v) => `storeLanes(out + ${v * 16}, a${p}_${v}, keep - ${v * 4});`)}\nout += outStep;`)}
}
}`;
}

/** Tile of the filter's gradient: `taps` neighbouring inputs x `vectors` * 4 output channels, summed over a row of pixels. */
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

const convParameters =
  "rows: usize, segments: i32, bytes: usize, offset: usize, step: usize, weights: usize, bias: usize, out: usize, outStep: usize, keep: i32, relu: i32";
const filterParameters = "x: usize, xStep: usize, dy: usize, dyStep: usize, pixels: i32, sums: usize, sumsStep: usize";

/** The tile sizes that fit the 15 vector registers V8 gives out on x64, for two vectors and for one. */
export const tileSizes = { conv: [6, 8], filter: [6, 8] };

export function tiles(sizesOfTiles = tileSizes) {
  const [conv2, conv1] = sizesOfTiles.conv;
  const [filter2, filter1] = sizesOfTiles.filter;
  return `import { madd, positive, storeLanes } from "./simd";
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
