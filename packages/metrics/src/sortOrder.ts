const bits = 11;
const buckets = 1 << bits;
const mask = buckets - 1;
const passes = 6;

/**
 * The order that puts finite numbers from lowest to highest: `values[order[0]]` is the lowest. Stable; -0 ties with 0.
 *
 * A radix sort on the bits of the doubles, eleven at a time: with a comparator, sorting a million scores takes some ten times as long.
 */
export function sortOrder(values: ArrayLike<number>): Uint32Array {
  const n = values.length;
  if (n < buckets) return smallOrder(values);
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) keys[i] = values[i]! + 0;
  const words = new Uint32Array(keys.buffer);
  const high = littleEndian ? 1 : 0;
  const counts = new Uint32Array(passes * buckets);
  for (let i = 0; i < 2 * n; i += 2) {
    // The bits of doubles sort like integers once the sign bit is flipped, and for negative numbers all others too.
    const negative = -(words[i + high]! >>> 31);
    const l = (words[i + 1 - high]! ^ negative) >>> 0;
    const h = (words[i + high]! ^ (negative | 0x80000000)) >>> 0;
    words[i + 1 - high] = l;
    words[i + high] = h;
    for (let pass = 0; pass < passes; pass++) counts[pass * buckets + digit(l, h, pass)]!++;
  }
  let from = new Uint32Array(n);
  let to = new Uint32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  for (let pass = 0; pass < passes; pass++) {
    const starts = counts.subarray(pass * buckets, (pass + 1) * buckets);
    if (toStarts(starts, n)) continue;
    for (let j = 0; j < n; j++) {
      const i = from[j]!;
      to[starts[digit(words[2 * i + 1 - high]!, words[2 * i + high]!, pass)]!++] = i;
    }
    [from, to] = [to, from];
  }
  return from;
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function digit(low: number, high: number, pass: number): number {
  const shift = pass * bits;
  if (shift + bits <= 32) return (low >>> shift) & mask;
  return shift < 32 ? ((low >>> shift) | (high << (32 - shift))) & mask : (high >>> (shift - 32)) & mask;
}

/** Turns counts into places in front of each bucket; true when all values share one bucket, so that the pass changes nothing. */
function toStarts(counts: Uint32Array, n: number): boolean {
  let before = 0;
  for (let k = 0; k < buckets; k++) {
    const count = counts[k]!;
    if (count === n) return true;
    counts[k] = before;
    before += count;
  }
  return false;
}

function smallOrder(values: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => values[a]! - values[b]! || a - b);
}
