import { type BatchThreads, batchThreads } from "@mammo/train/node";
import { plainViews } from "../../store/imageStore.ts";
import type { LesionPatchBatch, LesionPatchBatchOptions } from "./lesionPatches.ts";
import type { PatchThreadData } from "./patchThread.ts";

// Beside this file as source, beside the bundle as published.
const entry = new URL(import.meta.url.endsWith(".ts") ? "./patchThreadFromSource.js" : "./patchThread.js", import.meta.url);

/** Decoded films in the memory of all threads together: half of what the recipe itself keeps. */
const cacheBytes = 1.5 * 2 ** 30;

/**
 * The batches of `lesionPatches`, to the bit, made in threads.
 *
 * @throws RangeError for views or crops that are not on the disk.
 */
export function patchThreads({ views, crops = [], ...options }: LesionPatchBatchOptions, threads: number): BatchThreads<LesionPatchBatch> {
  const stored = crops.map(({ stored }) => {
    if (!stored) throw new RangeError("Expected crops that can be read from the disk, got one that cannot.");
    return stored;
  });
  const data: PatchThreadData = { ...options, views: plainViews(views), crops: stored, cacheBytes: cacheBytes / threads };
  return batchThreads(entry, { data, threads });
}
