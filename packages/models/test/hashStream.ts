/** Endless 32-bit numbers, 0 … 2³² − 1, that are a pure function of a text: those of `stream` and `fnv1a` in reference/nets.py. */
export function hashStream(text: string): () => number {
  return splitmix32(fnv1a(text));
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
