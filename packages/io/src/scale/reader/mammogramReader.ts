import { requireKnownKeys } from "@mammo/mammogram";
import type { CohortImage } from "../../cohort/cohort.ts";
import type { CohortMammogram } from "../../cohort/readCohortImage.ts";
import type { ExamImage } from "../../exam/groupExams.ts";
import { threadPool } from "../threads/threadPool.ts";
import { type MammogramReader, type ReadAnswer, requireWorkerOptions, type WorkerReadOptions } from "./reader.ts";

/** How many threads, and what a file may cost. */
export interface MammogramReaderOptions {
  /** So many files at once; 1 by default. */
  readonly threads?: number;
  /** For one file, the start of its thread included; 30,000 by default. */
  readonly timeoutMilliseconds?: number;
  /** JavaScript heap of one thread; 512 by default. */
  readonly heapMegabytes?: number;
}

/** A reader that also takes files of the disk, which its threads read. */
export interface MammogramFileReader extends MammogramReader {
  /**
   * As `readExamImage`, without the parsed file.
   *
   * @throws DicomError `unreadable` where the disk does not give the file, `timeout` as `read`.
   */
  readImage(image: Pick<ExamImage, "path" | "sha256">, options?: WorkerReadOptions): Promise<ReadAnswer>;
  /**
   * As `readCohortMammogram`.
   *
   * @throws as `readCohortMammogram`, and DicomError `timeout` as `read`.
   */
  readCohort(image: CohortImage, options?: WorkerReadOptions): Promise<CohortMammogram>;
}

/**
 * A reader for files from anywhere, in threads of Node: a hard limit of time for each, and of its thread's JavaScript heap, kept by ending the thread.
 *
 * Arrays of pixels and the memory of WebAssembly lie outside of that heap; the limits on pixels bound them. In browsers: `webMammogramReader`.
 * @example
 * const reader = mammogramReader({ threads: 4, timeoutMilliseconds: 10_000 });
 * const { image } = await reader.read(await readFile("view.dcm"));
 * await reader.dispose();
 */
export function mammogramReader(options: MammogramReaderOptions = {}): MammogramFileReader {
  requireKnownKeys("mammogramReader", options, { threads: true, timeoutMilliseconds: true, heapMegabytes: true });
  const { threads = 1, timeoutMilliseconds = 30_000, heapMegabytes = 512 } = options;
  const pool = threadPool({ threads, timeoutMilliseconds, heapMegabytes });
  return {
    async read(file, options = {}) {
      requireWorkerOptions("read", options);
      return pool.run("read", { file, options });
    },
    async readImage({ path, sha256 }, options = {}) {
      requireWorkerOptions("readImage", options);
      return pool.run("readImage", { image: { path, sha256 }, options });
    },
    async readCohort(image, options = {}) {
      requireWorkerOptions("readCohort", options);
      return pool.run("readCohort", { image, options });
    },
    async decode(file, options = {}) {
      requireWorkerOptions("decode", options);
      return pool.run("decode", { file, options });
    },
    dispose: () => pool.close(),
  };
}
