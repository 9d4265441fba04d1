/**
 * He's initialisation in its uniform form: U(−b, b) with b = √(6 / fan in) (He et al. 2015, eq. 10, for the variance 2 / fan in). Documented.
 *
 * A pure function of (seed, name, shape): the same bits on every machine and in any order of building. It uses 32-bit integers and one square root, no
 * logarithm or cosine, whose last bit differs between engines.
 */
export function heUniform(shape: readonly number[], { seed, name }: { readonly seed: number; readonly name: string }): Float32Array {
  const next = splitmix32(fnv1a(`${seed}/${name}`));
  const bound = Math.sqrt(6 / shape.slice(0, -1).reduce((product, side) => product * side, 1));
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let i = 0; i < values.length; i++) values[i] = (next() / 2 ** 31 - 1) * bound;
  return values;
}

/** Steele's SplitMix with 32 bits of state (constants of the hash prospector, low bias). */
function splitmix32(state: number): () => number {
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = state ^ (state >>> 16);
    bits = Math.imul(bits, 0x21f0aaad);
    bits ^= bits >>> 15;
    bits = Math.imul(bits, 0x735a2d97);
    return (bits ^ (bits >>> 15)) >>> 0;
  };
}

/** Fowler–Noll–Vo 1a over the text's UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
