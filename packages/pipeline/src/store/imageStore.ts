// A cohort as the graphs see it: each image standardized once into shards, read back as often as training asks.
import { setTimeout } from "node:timers/promises";
import type { DicomErrorCode } from "@mammo/io";
import type { Cohort, CohortErrorCode, CohortImage } from "@mammo/io/node";
import { openShards, readShardImage, ShardError, type Shards, writeShards } from "@mammo/io/shards";
import {
  type Box,
  boxFromSource,
  type Laterality,
  type LesionKind,
  type MappedToSource,
  type Point,
  requireKnownKeys,
  type ViewPosition,
} from "@mammo/mammogram";
import type { StoredGrid } from "@mammo/models";
import { PipelineError } from "../pipelineError.ts";
import type { Progress } from "../progress.ts";
import { byteCache } from "./byteCache.ts";

/** A lesion that the cohort marks. */
export interface StoredLesion {
  readonly kind: LesionKind;
  readonly malignant: boolean;
  /** Pixels of the standard image. */
  readonly box: Box;
  /** What else the cohort says of it, by column, as written. */
  readonly description?: Readonly<Record<string, string>>;
}

/** The pixels of a view, as 16-bit values: 65535 is 1. */
export interface StoredPixels extends StoredGrid, MappedToSource {
  /** The smallest box around the breast. */
  readonly breast: Box;
  readonly nipple: Point;
  readonly mmPerPixel: number;
}

/** One standardized view: what is known of it, and a way to its pixels. */
export interface StoredView {
  readonly id: string;
  readonly patientId: string;
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  /** Of the breast; undefined where masked or unknown. */
  readonly cancer: 0 | 1 | undefined;
  readonly lesions: readonly StoredLesion[];
  readonly rows: number;
  readonly columns: number;
  /** From memory, or from the shard. */
  readonly read: () => Promise<StoredPixels>;
  /** Where its pixels lie, for a thread that reads them by itself; absent where the view is not of `storeImages`. */
  readonly stored?: { readonly folder: string; readonly index: number };
}

/** Where the images are stored, and how many are kept in memory. */
export interface ImageStoreOptions {
  readonly folder: string;
  /** Of decoded images, 2 bytes a pixel. Default 1.5 GiB: some 830 views of 1200 x 800, the training and validation views of 240 women. To decode one takes some 20 ms. */
  readonly cacheBytes?: number;
  /** What the work is called in its progress. Default "standardize". */
  readonly phase?: string;
}

/** An image takes a second; a machine that is busy with other work takes its time. */
const timeoutMilliseconds = 600_000;

/** Small shards: what a killed run does again. */
const imagesPerShard = 64;

/**
 * Standardizes the images of a cohort, on all cores, into shards of @mammo/io (or goes on where an earlier call was ended); returns the views in the cohort's order.
 *
 * Processes of one run wait for each other: the first standardizes, the others take what it has stored.
 *
 * @throws PipelineError with @mammo/io's code where an image cannot be read; its text names the image by its number in the cohort. ShardError as `writeShards`, but for `in-use`.
 */
export async function* storeImages(cohort: Cohort, options: ImageStoreOptions): AsyncGenerator<Progress, StoredView[]> {
  requireKnownKeys("storeImages", options, { folder: true, cacheBytes: true, phase: true });
  const { folder, cacheBytes = 1.5 * 2 ** 30, phase = "standardize" } = options;
  for await (const { done, total, kept, failure } of whenFree(() =>
    writeShards(cohort, { directory: folder, imagesPerShard, timeoutMilliseconds, onFailure: "skip" }),
  )) {
    if (failure)
      throw new PipelineError(failure.code as DicomErrorCode | CohortErrorCode, `Image ${failure.image + 1} of the cohort: ${failure.message}`);
    yield { phase, done, total, ...(kept > 0 ? { note: `${kept} kept from before` } : {}) };
  }
  const shards = await openShards(folder);
  if (shards.images.length !== cohort.images.length)
    throw new PipelineError(
      "unreadable",
      `Expected ${cohort.images.length} stored images, got ${shards.images.length}: the folder's shards lack some`,
    );
  const cache = byteCache<StoredPixels>(cacheBytes);
  const views: StoredView[] = [];
  for (const [index, image] of cohort.images.entries()) {
    const read = () => cache.get(index, () => readPixels(shards, index));
    const { id, patientId, laterality, view, cancer } = image;
    const { rows, columns } = shards.images[index]!;
    views.push({ id, patientId, laterality, view, cancer, rows, columns, lesions: await lesionsOf(image, read), read, stored: { folder, index } });
  }
  return views;
}

/** Work on a folder that another process may hold, which then does the same: it is waited for, and what it has done is kept. */
async function* whenFree<T>(begin: () => AsyncGenerator<T, unknown>): AsyncGenerator<T, void> {
  for (;;) {
    try {
      yield* begin();
      return;
    } catch (error) {
      if (!(error instanceof ShardError && error.code === "in-use")) throw error;
      await setTimeout(1000);
    }
  }
}

/** A view of `storeImages` as plain data. */
export type PlainView = Omit<StoredView, "read"> & Required<Pick<StoredView, "stored">>;

/**
 * What can be sent to a thread of views of `storeImages`.
 *
 * @throws RangeError for a view that is not stored.
 */
export function plainViews(views: readonly StoredView[]): PlainView[] {
  return views.map(({ read: _, stored, ...view }) => {
    if (!stored) throw new RangeError("Expected views of storeImages, got one that is not stored.");
    return { ...view, stored };
  });
}

/** The views again, as another thread reads them, with a memory of its own. */
export async function reopenViews(
  views: readonly PlainView[],
  { cacheBytes }: Required<Pick<ImageStoreOptions, "cacheBytes">>,
): Promise<StoredView[]> {
  const folders = [...new Set(views.map(({ stored }) => stored.folder))];
  const opened = new Map(await Promise.all(folders.map(async (folder) => [folder, await openShards(folder)] as const)));
  const cache = byteCache<StoredPixels>(cacheBytes);
  return views.map((view, key) => {
    const { folder, index } = view.stored;
    return { ...view, read: () => cache.get(key, () => readPixels(opened.get(folder)!, index)) };
  });
}

async function readPixels(shards: Shards, index: number): Promise<{ readonly value: StoredPixels; readonly bytes: number }> {
  const { pixels, rows, columns, breast, nipple, mmPerPixel, toSource } = await readShardImage(shards, index);
  const values = new Uint16Array(pixels.length);
  // Exact: each pixel is the float nearest to a multiple of 1 / 65535. A loop, since `Uint16Array.from` with a function takes ten times as long.
  for (let at = 0; at < values.length; at++) values[at] = pixels[at]! * 65535 + 0.5;
  return { value: { pixels: values, rows, columns, breast, nipple, mmPerPixel, toSource }, bytes: values.byteLength };
}

/** The way back to the source is stored beside the pixels, so images with lesions are read here, and in memory when training begins. */
async function lesionsOf({ lesions = [] }: CohortImage, read: () => Promise<StoredPixels>): Promise<StoredLesion[]> {
  if (lesions.length === 0) return [];
  const image = await read();
  return lesions.map((lesion) => ({ ...lesion, box: boxFromSource(lesion.box, image) }));
}
