import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { FilesError } from "@mammo/files";
import { type FolderLock, isLockName, isTemporaryName, lockFolder, readFileIfThere, removeTemporary } from "@mammo/files/node";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Cohort, CohortImage } from "../../cohort/cohort.ts";
import { CohortError } from "../../cohort/cohortError.ts";
import { DicomError, inFile } from "../../dicom/dicomError.ts";
import type { WorkerReadOptions } from "../reader/reader.ts";
import { inOrder } from "../threads/inOrder.ts";
import { threadPool } from "../threads/threadPool.ts";
import { isShardFile, writeShardFile } from "./atomicShardFile.ts";
import { ShardError } from "./shardError.ts";
import { shardFile } from "./shardFile.ts";
import { finishedShard, mayPass, type ShardFailure } from "./shardRecord.ts";
import { headerName, jsonLine, type ShardsHeader, shardsHeader } from "./shardsHeader.ts";
import { writeManifests } from "./writeManifests.ts";

/** Where shards are written, and how. */
export interface WriteShardsOptions {
  /** Made where it is missing, for its owner alone. One run at a time writes into it; a second one is refused. */
  readonly directory: string;
  /** 256 by default: about 140 MB a shard. */
  readonly imagesPerShard?: number;
  /** As many as the machine has, by default. The bytes do not depend on it. */
  readonly threads?: number;
  /** For one image; 30,000 by default. */
  readonly timeoutMilliseconds?: number;
  /** JavaScript heap of one thread; 512 by default. */
  readonly heapMegabytes?: number;
  /** An image that cannot be read: "stop" (default) throws its error, "skip" goes on. Both keep what is written. */
  readonly onFailure?: "stop" | "skip";
  /** How images are read and standardized, for all of them. */
  readonly read?: Omit<WorkerReadOptions, "laterality" | "view" | "sha256">;
}

/** How far the writing is: after each image, and after each shard that was kept from an earlier run. */
export interface ShardsProgress {
  /** Images stored, kept or failed so far. */
  readonly done: number;
  readonly total: number;
  readonly failures: number;
  /** Images that an earlier run had stored. */
  readonly kept: number;
  /** What just failed. */
  readonly failure?: ShardFailure;
}

/** What the folder holds at the end. */
export interface ShardsSummary {
  readonly directory: string;
  readonly shards: number;
  readonly images: number;
  readonly failures: number;
}

/** More than this in one shard would make one image's damage cost too much. */
const mostPerShard = 100_000;

/**
 * Standardizes the images of a cohort in threads and stores them in order as tar shards (WebDataset), with an offset index and a record
 * for each shard, and one Parquet manifest for all. Memory does not grow with the images, but for the manifest's rows.
 *
 * It can be stopped at any moment and run again: finished shards whose hash is still right are kept, but for those with an image that
 * took too long or whose file was missing or changed. The same cohort, options and versions give the same bytes, with any number of
 * threads, unless such an image was skipped.
 *
 * @throws DicomError or CohortError of the first bad image, with its number in the cohort (from 1 on), unless `onFailure` is "skip"; ShardError `other-run` where the folder holds another cohort's shards or other files, `in-use` where another run writes it, `write-failed`; RangeError for options out of range
 * @example for await (const { done, total } of writeShards(await readDreamCohort("cohort"), { directory: "shards" })) console.log(done, total);
 */
export async function* writeShards(cohort: Cohort, options: WriteShardsOptions): AsyncGenerator<ShardsProgress, ShardsSummary> {
  requireKnownKeys("writeShards", options, {
    directory: true,
    imagesPerShard: true,
    threads: true,
    timeoutMilliseconds: true,
    heapMegabytes: true,
    onFailure: true,
    read: true,
  });
  const { imagesPerShard = 256, threads = availableParallelism(), timeoutMilliseconds = 30_000, heapMegabytes = 512 } = options;
  for (const [name, value, most] of [
    ["imagesPerShard", imagesPerShard, mostPerShard],
    ["threads", threads, 1024],
  ] as const)
    if (!(Number.isInteger(value) && value >= 1 && value <= most)) throw new RangeError(`Expected ${name} to be 1 to ${most}, got ${value}`);

  const directory = resolve(options.directory);
  const header = shardsHeader(cohort, { imagesPerShard, read: options.read ?? {} });
  const lock = await prepareFolder(directory, header);
  try {
    return yield* writeLocked(directory, cohort, {
      header,
      imagesPerShard,
      threads,
      timeoutMilliseconds,
      heapMegabytes,
      onFailure: options.onFailure,
      read: options.read,
    });
  } finally {
    await lock.release();
  }
}

async function* writeLocked(directory: string, { images }: Cohort, options: LockedOptions): AsyncGenerator<ShardsProgress, ShardsSummary> {
  const { header, imagesPerShard, threads, timeoutMilliseconds, heapMegabytes } = options;
  const shards = Array.from({ length: Math.ceil(images.length / imagesPerShard) }, (_, shard) => shard);
  const imagesOf = (shard: number): readonly CohortImage[] => images.slice(shard * imagesPerShard, (shard + 1) * imagesPerShard);
  const progress = { done: 0, total: images.length, failures: 0, kept: 0 };

  const missing: number[] = [];
  for (const shard of shards) {
    const record = await finishedShard(directory, shard, imagesOf(shard).length);
    const isKept = record && (options.onFailure === "skip" ? !record.failures.some(mayPass) : record.failures.length === 0);
    if (!record || !isKept) {
      missing.push(shard);
      continue;
    }
    progress.done += imagesOf(shard).length;
    progress.failures += record.failures.length;
    progress.kept += record.samples.length;
    yield { ...progress };
  }

  const pool = threadPool({ threads, timeoutMilliseconds, heapMegabytes });
  const makeSample = (image: CohortImage) => pool.run("sample", { image, options: options.read ?? {} });
  // Twice the threads: while the oldest image is waited for, the others go on.
  const samples = inOrder(missing.flatMap(imagesOf), makeSample, 2 * threads);
  let file: Awaited<ReturnType<typeof shardFile>> | undefined;
  try {
    for (const shard of missing) {
      file = await shardFile(directory, shard, header);
      for (const at of imagesOf(shard).keys()) {
        const image = shard * imagesPerShard + at;
        const { value: result } = await samples.next();
        const failure = result?.status === "rejected" ? failureOf(image, result.reason, options.onFailure) : undefined;
        if (failure) file.fail(failure);
        else if (result?.status === "fulfilled") await file.add(image, result.value);
        progress.done++;
        if (failure) progress.failures++;
        yield { ...progress, ...(failure ? { failure } : {}) };
      }
      await file.finish();
      file = undefined;
    }
  } finally {
    await file?.discard();
    await pool.destroy();
  }
  await writeManifests(directory, images, shards);
  return { directory, shards: shards.length, images: images.length - progress.failures, failures: progress.failures };
}

interface LockedOptions
  extends Required<Pick<WriteShardsOptions, "imagesPerShard" | "threads" | "timeoutMilliseconds" | "heapMegabytes">>,
    Pick<WriteShardsOptions, "onFailure" | "read"> {
  readonly header: ShardsHeader;
}

/** Takes the folder for this run: empty, or of a run with the same header. Nothing is touched in any other. */
async function prepareFolder(directory: string, header: ShardsHeader): Promise<FolderLock> {
  await requireOurs(directory, header);
  const lock = await lockFolder(directory).catch((cause: unknown) => {
    if (!(cause instanceof FilesError)) throw cause;
    throw new ShardError(cause.code === "in-use" ? "in-use" : "write-failed", cause.message, { cause });
  });
  try {
    const isBegun = await requireOurs(directory, header);
    await removeTemporary(directory, isShardFile);
    if (!isBegun) await writeShardFile(join(directory, headerName), jsonLine(header));
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Whether a run of this header has begun here. @throws ShardError `other-run`. */
async function requireOurs(directory: string, header: ShardsHeader): Promise<boolean> {
  const names = (await readdir(directory).catch(() => [] as string[])).filter((name) => !isLockName(name));
  const bytes = await readFileIfThere(join(directory, headerName), { maxBytes: 2 ** 20 }).catch(() => undefined);
  const found = bytes && new TextDecoder().decode(bytes);
  const isOurs = found === undefined ? names.every((name) => isTemporaryName(name, isShardFile)) : found === jsonLine(header);
  if (!isOurs) throw new ShardError("other-run", `Expected an empty folder, or the shards of the same cohort, options and versions (${headerName})`);
  return found !== undefined;
}

function failureOf(image: number, reason: unknown, policy: WriteShardsOptions["onFailure"]): ShardFailure {
  const isKnown = reason instanceof DicomError || reason instanceof CohortError;
  if (isKnown && policy === "skip") return { image, code: reason.code, message: reason.message };
  const place = `Image ${image + 1} of the cohort`;
  if (reason instanceof DicomError) throw inFile(place, reason);
  if (reason instanceof CohortError) throw new CohortError(reason.code, `${place}: ${reason.message}`, { cause: reason });
  throw reason;
}
