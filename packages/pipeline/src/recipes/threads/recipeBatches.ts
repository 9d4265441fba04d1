import type { MinedPlace } from "@mammo/train";
import { batchThreads } from "@mammo/train/node";
import { plainViews, type StoredView } from "../../store/imageStore.ts";
import { asTensors } from "./asTensors.ts";
import type { BatchThreadData } from "./batchThread.ts";
import { type BatchKind, type BatchOf, type OptionsOf, plainBatches } from "./plainBatches.ts";

// Beside this file as source, beside the bundle as published.
const entry = new URL(import.meta.url.endsWith(".ts") ? "./batchThreadFromSource.js" : "./batchThread.js", import.meta.url);

/** Decoded images in the memory of all threads together: as much as the recipe itself keeps. */
const cacheBytes = 1.5 * 2 ** 30;

/** What batches are made of, how, and by whom. */
export interface RecipeBatchesOptions<Kind extends BatchKind> {
  readonly kind: Kind;
  readonly options: OptionsOf[Kind];
  /** Threads that make them while the backend computes. Default 0: this thread makes them between the steps. */
  readonly threads?: number;
}

/** Batches, each a pure function of the step, and the end of their threads. */
export interface RecipeBatches<Batch> {
  readonly batch: (step: number, mined?: readonly MinedPlace[]) => Promise<Batch>;
  close(): Promise<void>;
}

/**
 * The batches that a recipe trains a graph on: `patches` for DetectorNet, `windows` for RetinaNet, `lesions` for CaracNet, `opposite` for CaracNetSymmetry, `views` for DreamNet, `pairs` for
 * DreamNetSymmetry. With threads the same to the bit; a stage then runs with `ahead` above 0, or the backend waits for them.
 *
 * @throws RangeError with threads for views that are not of `storeImages`.
 * @example
 * const { batch, close } = recipeBatches(views, { kind: "patches", options: { seed: 1, size: 16 }, threads: 2 });
 * for await (const { loss } of trainStage(detector, { ...stage, batch }, { ahead: 3 })) log(loss);
 * await close();
 */
export function recipeBatches<Kind extends BatchKind>(
  views: readonly StoredView[],
  { kind, options, threads = 0 }: RecipeBatchesOptions<Kind>,
): RecipeBatches<BatchOf[Kind]> {
  if (threads === 0) return { batch: asTensors<BatchOf[Kind]>(plainBatches[kind](views, options)), close: async () => undefined };
  const data: BatchThreadData<Kind> = { kind, views: plainViews(views), options, cacheBytes: cacheBytes / threads };
  const { batch, close } = batchThreads<BatchOf[Kind]>(entry, { data, threads });
  return { batch: (step, mined = []) => batch(step, mined), close };
}
