import { keyedRandom } from "@mammo/mammogram";

/** Initial values of a kernel: a pure function of its shape [..., in, out], the model's seed and the weight's name. */
export type Initializer = (shape: readonly number[], key: { readonly seed: number; readonly name: string }) => Float32Array;

/**
 * He's initialization in its uniform form: U(−b, b) with b = √(6 / fan in), which has the variance 2 / fan in (He et al. 2015, eq. 10). Documented.
 *
 * The same bits on every machine and in any order of building: it uses 32-bit integers and one square root, no logarithm or cosine, whose last bit
 * differs between engines.
 */
export const heUniform: Initializer = (shape, { seed, name }) => {
  const random = keyedRandom(seed, name);
  const bound = Math.sqrt(6 / shape.slice(0, -1).reduce((product, side) => product * side, 1));
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let i = 0; i < values.length; i++) values[i] = (random.bits() / 2 ** 31 - 1) * bound;
  return values;
};
