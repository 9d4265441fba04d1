// What a thread of a recipe runs: batches of any kind, from images that it reads itself.
import type { BatchModule } from "@mammo/train/node";
import { type PlainView, reopenViews } from "../../store/imageStore.ts";
import { type BatchKind, type OptionsOf, plainBatches } from "./plainBatches.ts";

/** What is to be made, as plain data. */
export interface BatchThreadData<Kind extends BatchKind> {
  readonly kind: Kind;
  readonly views: readonly PlainView[];
  readonly options: OptionsOf[Kind];
  /** Of decoded images that the thread keeps. */
  readonly cacheBytes: number;
}

/** What `batchThreads` runs in a thread. */
export const batches: BatchModule<BatchThreadData<BatchKind>> = async <Kind extends BatchKind>({
  kind,
  views,
  options,
  cacheBytes,
}: BatchThreadData<Kind>) => plainBatches[kind](await reopenViews(views, { cacheBytes }), options);
