import { threadPool } from "./threads/threadPool.ts";
import type { ReadAnswer, WorkerReadOptions } from "./threads/work.ts";

/** Reads files in threads of their own; whatever a file does to its thread, this one goes on. */
export interface MammogramReader {
  /** As `readMammogram`. Throws DicomError `timeout` where a file takes longer than allowed, or more memory than its thread has. */
  read(bytes: Uint8Array, options?: WorkerReadOptions): Promise<ReadAnswer>;
  /** Waits for what is being read, then ends the threads. */
  dispose(): Promise<void>;
}

export interface MammogramReaderOptions {
  /** So many files at once; 1 by default. */
  readonly threads?: number;
  /** For one file, the start of its thread included; 30,000 by default. */
  readonly timeoutMilliseconds?: number;
  /** JavaScript heap of one thread; 512 by default. */
  readonly heapMegabytes?: number;
}

/**
 * A reader for files from anywhere: a hard limit of time and memory for each, kept by ending its thread.
 *
 * @example
 * const reader = mammogramReader({ threads: 4, timeoutMilliseconds: 10_000 });
 * const { image } = await reader.read(await readFile("view.dcm"));
 * await reader.dispose();
 */
export function mammogramReader({ threads = 1, timeoutMilliseconds = 30_000, heapMegabytes = 512 }: MammogramReaderOptions = {}): MammogramReader {
  const pool = threadPool({ threads, timeoutMilliseconds, heapMegabytes });
  return {
    read: (bytes, options = {}) => pool.run("read", { bytes, options }),
    dispose: () => pool.close(),
  };
}
