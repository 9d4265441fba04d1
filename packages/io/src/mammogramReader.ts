import { Worker } from "node:worker_threads";
import { DicomError, type DicomErrorCode } from "./dicomError.ts";
import type { MammoHeader } from "./header/mammoHeader.ts";
import type { ReadMammogramOptions } from "./readMammogram.ts";
import type { StandardImage } from "./standardize/standardize.ts";

/** What can be sent to a worker: no codecs or mask models of your own. */
export type WorkerReadOptions = Omit<ReadMammogramOptions, "codecs" | "mask">;

export interface WorkerRequest {
  readonly bytes: Uint8Array;
  readonly options: WorkerReadOptions;
}
export interface WorkerAnswer {
  readonly read?: { readonly header: MammoHeader; readonly image: StandardImage };
  readonly error?: { readonly code: DicomErrorCode; readonly offset: number | undefined; readonly message: string };
}

/** Reads files one after the other in a thread of its own; whatever a file does to that thread, this one goes on. */
export interface MammogramReader {
  /** As `readMammogram`. Throws DicomError `timeout` where a file takes longer than allowed, or more memory than its thread has. */
  read(bytes: Uint8Array, options?: WorkerReadOptions): Promise<{ readonly header: MammoHeader; readonly image: StandardImage }>;
  dispose(): Promise<void>;
}

// Beside this file as source, beside the bundle as published.
const isSource = import.meta.url.endsWith(".ts");
const entry = new URL(isSource ? "./readWorker.ts" : "./readWorker.js", import.meta.url);

// Node's threads do not take a TypeScript loader over: the thread asks for its own.
const sourceEntry = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;

/**
 * A reader for files from anywhere: a hard limit of time and memory for each, kept by ending the thread.
 *
 * @example
 * const reader = mammogramReader({ timeoutMilliseconds: 10_000 });
 * const { image } = await reader.read(await readFile("view.dcm"));
 * await reader.dispose();
 */
export function mammogramReader({
  timeoutMilliseconds = 30_000,
  heapMegabytes = 512,
}: {
  readonly timeoutMilliseconds?: number;
  readonly heapMegabytes?: number;
} = {}): MammogramReader {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const resourceLimits = { maxOldGenerationSizeMb: heapMegabytes };
  const start = (): Worker => (isSource ? new Worker(sourceEntry, { eval: true, resourceLimits }) : new Worker(entry, { resourceLimits }));
  const readOne = (request: WorkerRequest): Promise<NonNullable<WorkerAnswer["read"]>> =>
    new Promise((resolve, reject) => {
      const at = (worker ??= start());
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        at.off("message", onMessage).off("error", onError);
        settle();
      };
      const fail = (message: string): void =>
        finish(() => {
          worker = undefined;
          at.on("error", () => undefined); // It is being ended; what it still has to say does not matter.
          void at.terminate();
          reject(new DicomError("timeout", message));
        });
      const onMessage = ({ read, error }: WorkerAnswer): void => finish(() => (read ? resolve(read) : reject(revive(error!))));
      const onError = (): void => fail(`Expected a file that can be read in ${heapMegabytes} MB`);
      const timer = setTimeout(() => fail(`Expected a file that can be read within ${timeoutMilliseconds} ms`), timeoutMilliseconds);
      at.on("message", onMessage).on("error", onError);
      at.postMessage(request);
    });
  return {
    read(bytes, options = {}) {
      const next = last.then(() => readOne({ bytes, options }));
      last = next.catch(() => undefined);
      return next;
    },
    async dispose() {
      await last;
      await worker?.terminate();
      worker = undefined;
    },
  };
}

/** The text names its byte already; the cause keeps it from being named twice. */
function revive({ code, offset, message }: NonNullable<WorkerAnswer["error"]>): DicomError {
  return new DicomError(code, message, { cause: new DicomError(code, message), ...(offset === undefined ? {} : { offset }) });
}
