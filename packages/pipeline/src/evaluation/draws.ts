import { keyedRandom } from "@mammo/mammogram";

/** How often each cluster is counted in a resample. */
export type Counts = Int32Array | Uint8Array;

/** The counts of one resample after another; each is valid until the next. */
export type Draws = () => Counts;

/** Of so many clusters none is drawn 256 times, and a megabyte stays in a cache that four do not fit in. */
export const isLarge = (clusters: number): boolean => clusters >= 2 ** 16;

/** The draws of `bootstrapRoc` of @mammo/metrics: as many clusters as there are, with replacement. */
export function drawsOf(clusters: number, seed: number): Draws {
  const counts = isLarge(clusters) ? new Uint8Array(clusters) : new Int32Array(clusters);
  const fill = fillsOf(seed);
  return () => fill(counts);
}

/** The same into arrays that the caller has. */
export function fillsOf(seed: number): (counts: Counts) => Counts {
  const { bits } = keyedRandom(seed, "bootstrap");
  return (counts) => {
    counts.fill(0);
    const share = counts.length / 2 ** 32;
    for (let k = 0; k < counts.length; k++) counts[Math.floor(bits() * share)]!++;
    return counts;
  };
}
