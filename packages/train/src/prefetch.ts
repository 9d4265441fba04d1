import { dispose, type Tensor } from "@tensorflow/tfjs-core";

/** Batches, some of them begun before their step. */
export interface Prefetch<Batch> {
  /** The batch of a step; then the next ones are begun, up to `before` (which is not). */
  take(step: number, before: number): Promise<Batch>;
  /** Waits for what is begun, and frees it. */
  drop(): Promise<void>;
}

/**
 * Begins `ahead` batches beyond the one that is taken. What goes wrong in one is thrown when it is taken.
 *
 * @throws RangeError where `ahead` is no whole number.
 */
export function prefetch<Batch extends Readonly<Record<string, Tensor>>>(
  make: (step: number) => Batch | Promise<Batch>,
  ahead: number,
): Prefetch<Batch> {
  if (!(Number.isInteger(ahead) && ahead >= 0)) throw new RangeError(`Expected a whole number of batches ahead, got ${ahead}.`);
  const begun = new Map<number, Promise<Batch>>();
  const begin = async (step: number) => make(step);
  return {
    async take(step, before) {
      const own = begun.get(step) ?? begin(step);
      begun.delete(step);
      const batch = await own;
      for (let next = step + 1; next < Math.min(step + 1 + ahead, before); next++) {
        if (begun.has(next)) continue;
        const early = begin(next);
        early.catch(() => undefined); // heard when it is taken, if it is
        begun.set(next, early);
      }
      return batch;
    },
    async drop() {
      for (const result of await Promise.allSettled(begun.values())) if (result.status === "fulfilled") dispose(result.value);
      begun.clear();
    },
  };
}
