import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { DicomError } from "../../dicom/dicomError.ts";
import { revive } from "./plainError.ts";
import type { Answer } from "./workerTasks.ts";

type Tasks = typeof import("./workerTasks.ts");
type Value<Name extends keyof Tasks> = Awaited<ReturnType<Tasks[Name]>> extends Answer<infer Given> ? Given : never;

/** How many threads, and what one task may cost. */
export interface ThreadPoolOptions {
  readonly threads: number;
  readonly timeoutMilliseconds: number;
  readonly heapMegabytes: number;
}

/** Threads that whatever a file does to them cannot take this one along. */
export interface ThreadPool {
  /**
   * Runs a function of workerTasks.ts in the next free thread; rejects with its typed error.
   * @throws DicomError `timeout` where it takes longer than allowed, or more memory than its thread has; another thread then takes the place. Throws Error after `close`.
   */
  run<Name extends keyof Tasks>(name: Name, request: Parameters<Tasks[Name]>[0]): Promise<Value<Name>>;
  /** Waits for what runs and for what waits to run; takes nothing more. */
  close(): Promise<void>;
  /** Ends what runs. */
  destroy(): Promise<void>;
}

// Beside this file as source, beside the bundle as published.
const entry = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./workerTasksFromSource.js" : "./workerTasks.js", import.meta.url));

/** Up to `threads` threads, started when first needed, each file under a hard limit of time and memory. */
export function threadPool({ threads, timeoutMilliseconds, heapMegabytes }: ThreadPoolOptions): ThreadPool {
  const pool = new Piscina({
    filename: entry,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    // Waiting on atomics would block what a codec still loads.
    atomics: "disabled",
  });
  pool.on("error", () => undefined); // A thread that is being ended may still fail; nobody waits for it.
  const free = gate(threads);
  let closed: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    // With all places taken nothing runs and, as they are given in order, nothing waits.
    await Promise.all(Array.from({ length: threads }, free.enter));
    await pool.close();
  };
  return {
    async run(name, request) {
      if (closed) throw new Error("Expected threads that are not closed");
      await free.enter(); // A file's time begins when it has a thread, not while it waits.
      try {
        const answer = await pool.run(request, { name, signal: AbortSignal.timeout(timeoutMilliseconds) });
        if ("error" in answer) throw revive(answer.error);
        return answer.value;
      } catch (cause) {
        const { name: kind, code } = cause as Error & { readonly code?: string };
        if (kind === "AbortError") throw new DicomError("timeout", `Expected a file that can be read within ${timeoutMilliseconds} ms`, { cause });
        if (code === "ERR_WORKER_OUT_OF_MEMORY")
          throw new DicomError("timeout", `Expected a file that can be read in ${heapMegabytes} MB`, { cause });
        throw cause;
      } finally {
        free.leave();
      }
    },
    close: () => (closed ??= drain()),
    destroy: () => pool.destroy(),
  };
}

/** Lets so many in at once, in the order they came. */
function gate(places: number): { readonly enter: () => Promise<void>; readonly leave: () => void } {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    enter: () => (free > 0 ? Promise.resolve(void free--) : new Promise((resolve) => waiting.push(resolve))),
    leave: () => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}
