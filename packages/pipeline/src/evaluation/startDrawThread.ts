import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Draws, drawsOf, isLarge } from "./draws.ts";
import type { DrawOrder } from "./drawThread.ts";

// Beside this file as source, beside the bundle as published.
const entry = new URL(import.meta.url.endsWith(".ts") ? "./drawThreadFromSource.js" : "./drawThread.js", import.meta.url);

/** A thread that draws resamples for `analyzeInSteps`. */
export interface DrawThread {
  /** Draws of these clusters, to the bit those of this thread; called once. */
  readonly drawsOf: (clusters: number, options: { readonly seed: number; readonly resamples: number }) => Draws;
  close(): Promise<void>;
}

/**
 * Starts a thread that draws resamples while the last ones are evaluated, for a million cases; a hundred thousand are as fast without.
 *
 * @example
 * const { drawsOf, close } = await startDrawThread();
 * try { for (const { done, total } of analyzeInSteps(cases, options, { drawsOf })) log(done / total); } finally { await close(); }
 */
export async function startDrawThread(): Promise<DrawThread> {
  const worker = new Worker(entry);
  await once(worker, "message");
  return {
    drawsOf(clusters, { seed, resamples }) {
      if (!isLarge(clusters)) return drawsOf(clusters, seed);
      const slots = Array.from({ length: 3 }, () => new Uint8Array(new SharedArrayBuffer(clusters)));
      const isDrawn = new Int32Array(new SharedArrayBuffer(4 * slots.length));
      worker.postMessage({ seed, resamples, slots, isDrawn } satisfies DrawOrder);
      let r = 0;
      return () => {
        const [last, slot] = [(r + slots.length - 1) % slots.length, r % slots.length];
        if (r > 0) {
          Atomics.store(isDrawn, last, 0);
          Atomics.notify(isDrawn, last);
        }
        Atomics.wait(isDrawn, slot, 0);
        r++;
        return slots[slot]!;
      };
    },
    async close() {
      await worker.terminate();
    },
  };
}
