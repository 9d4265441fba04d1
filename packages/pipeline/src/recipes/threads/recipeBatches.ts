import { requireKnownKeys } from "@mammo/mammogram";
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

/** Batches, each a pure function of the step and of what is mined, and the end of their threads. */
export interface RecipeBatches<Batch> {
  readonly batch: (step: number, mined?: readonly MinedPlace[]) => Promise<Batch>;
  /** The `id`s of the views that a batch is made of: it is made once more to see which are read. */
  readonly batchIds: (step: number, mined?: readonly MinedPlace[]) => Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * The batches that a recipe trains a graph on: `patches` or, of films, `lesionPatches` for DetectorNet, `windows` for RetinaNet, `lesions` for CaracNet, `opposite` for CaracNetSymmetry, `views` for DreamNet, `pairs` for
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
  recipe: RecipeBatchesOptions<Kind>,
): RecipeBatches<BatchOf[Kind]> {
  requireKnownKeys("recipeBatches", recipe, { kind: true, options: true, threads: true });
  const { kind, options, threads = 0 } = recipe;
  const batchIds = idsOf(views, (noted) => plainBatches[kind](noted, options));
  if (threads === 0) return { batch: asTensors<BatchOf[Kind]>(plainBatches[kind](views, options)), batchIds, close: async () => undefined };
  const data: BatchThreadData<Kind> = { kind, views: plainViews(views), options, cacheBytes: cacheBytes / threads };
  const { batch, close } = batchThreads<BatchOf[Kind]>(entry, { data, threads });
  return { batch: (step, mined = []) => batch(step, mined), batchIds, close };
}

/** The views that the batch of a step reads, by their ids: the batches must be the same for the same views. */
function idsOf(
  views: readonly StoredView[],
  batches: (views: readonly StoredView[]) => (step: number, mined: readonly MinedPlace[]) => Promise<unknown>,
): RecipeBatches<never>["batchIds"] {
  return async (step, mined = []) => {
    const ids = new Set<string>();
    const read = (view: StoredView) => {
      ids.add(view.id);
      return view.read();
    };
    await batches(views.map((view) => ({ ...view, read: () => read(view) })))(step, mined);
    return [...ids];
  };
}
