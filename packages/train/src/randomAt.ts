import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * A source of numbers in [0, 1) that is a pure function of its key: the same key, the same numbers, on every machine. Key it by seed and step and a
 * resumed run draws what the unstopped one would have drawn; there is no state to save.
 *
 * xoroshiro128+ (pure-rand), seeded by a hash of the key. Not for secrets.
 *
 * @example
 * const random = randomAt(seed, "augment", step);
 * const flip = random() < 0.5;
 */
export function randomAt(...key: readonly (string | number)[]): () => number {
  const generator = xoroshiro128plus(hash(key));
  // Its first state is the seed and its complement: let that mix before the first number is used.
  for (let draw = 0; draw < 8; draw++) generator.next();
  return () => uniformFloat64(generator);
}

/** FNV-1a over the key's parts with a separator that no number holds, finished by MurmurHash3's mixer: 32 bits. */
function hash(key: readonly (string | number)[]): number {
  let bits = 0x811c9dc5;
  for (const letter of key.join("\u0000")) bits = Math.imul(bits ^ letter.codePointAt(0)!, 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
