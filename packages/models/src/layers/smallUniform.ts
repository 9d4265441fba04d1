import { keyedRandom } from "@mammo/mammogram";
import type { Initializer } from "./heUniform.ts";

/** Uniform with a deviation of 0.01, as RetinaNet's last layers begin (Lin et al. 2017, 4.1, who draw from a normal): their bias alone speaks at first. */
export const smallUniform: Initializer = (shape, { seed, name }) => {
  const random = keyedRandom(seed, name);
  const bound = 0.01 * Math.sqrt(3);
  return Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => (random.bits() / 2 ** 31 - 1) * bound);
};
