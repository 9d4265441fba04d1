// Definitions of operations in double precision, slow and plain: tests compare the backends with them, so they share no code with any.

export { gather, matMul, reduce, softmax } from "./arrays.ts";
export { batchNorm } from "./batchNorm.ts";
export { elementwise, map, type Reference } from "./elementwise.ts";
export { resizeBilinear, resizeNearest } from "./resize.ts";
export { avgPool, conv2d, maxPool, type WindowOptions } from "./windows.ts";
