import { hashStream } from "./hashStream.ts";

/**
 * He's initialisation in its uniform form: U(−b, b) with b = √(6 / fan in), which has the variance 2 / fan in (He et al. 2015, eq. 10). Documented.
 *
 * A pure function of (seed, name, shape): the same bits on every machine and in any order of building. It uses 32-bit integers and one square root, no
 * logarithm or cosine, whose last bit differs between engines.
 */
export function heUniform(shape: readonly number[], { seed, name }: { readonly seed: number; readonly name: string }): Float32Array {
  const next = hashStream(`${seed}/${name}`);
  const bound = Math.sqrt(6 / shape.slice(0, -1).reduce((product, side) => product * side, 1));
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let i = 0; i < values.length; i++) values[i] = (next() / 2 ** 31 - 1) * bound;
  return values;
}
