// What a thread beside the bootstrap runs: it draws the next resamples while the last ones are evaluated.
import { parentPort } from "node:worker_threads";
import { fillsOf } from "./draws.ts";

/** What the thread is to draw into, and how often. */
export interface DrawOrder {
  readonly seed: number;
  readonly resamples: number;
  readonly slots: readonly Uint8Array[];
  /** Of each slot: 0 to be drawn, 1 drawn. */
  readonly isDrawn: Int32Array;
}

/** Begins with the order that comes as a message, and says that it listens. */
export function listen(): void {
  parentPort!.once("message", ({ seed, resamples, slots, isDrawn }: DrawOrder) => {
    const fill = fillsOf(seed);
    for (let r = 0; r < resamples; r++) {
      const slot = r % slots.length;
      Atomics.wait(isDrawn, slot, 1);
      fill(slots[slot]!);
      Atomics.store(isDrawn, slot, 1);
      Atomics.notify(isDrawn, slot);
    }
  });
  parentPort!.postMessage("listening");
}

if (parentPort !== null && !import.meta.url.endsWith(".ts")) listen();
