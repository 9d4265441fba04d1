import { Worker } from "node:worker_threads";
import { requireKnownKeys } from "@mammo/mammogram";
import type { NamedArray } from "@mammo/weights";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { toTensor } from "../arrays.ts";
import type { MinedPlace } from "../sampling/mineNegatives.ts";

/** A batch before it is tensors: what threads hand over, memory and all, so that none of it may be used again. Int32Array becomes int32, all else float32. */
export type PlainBatch = Readonly<Record<string, NamedArray>>;

/** What the module of `batchThreads` exports as `batches`: the data -> the stage's batches, plain. It runs once in each thread. */
export type BatchModule<Data> = (data: Data) => PlainBatches | Promise<PlainBatches>;

/** As `Stage.batch`, plain. */
export type PlainBatches = (step: number, mined: readonly MinedPlace[]) => PlainBatch | Promise<PlainBatch>;

/** How many threads, and what their module is given. */
export interface BatchThreadsOptions<Data> {
  /** What can be sent to a thread: plain data, no functions. */
  readonly data: Data;
  /** Default 1. */
  readonly threads?: number;
}

/** Threads that make batches. */
export interface BatchThreads<Batch> {
  /** The `batch` of a stage; with `ahead` in its options the threads work while the backend does. */
  readonly batch: (step: number, mined: readonly MinedPlace[]) => Promise<Batch>;
  /** Ends the threads; what they still make is refused. */
  close(): Promise<void>;
}

/** Plain JavaScript that any Node can start; it loads the module, and hands over what that one makes. */
const code = `
const { parentPort, workerData } = require("node:worker_threads");
const ready = import(workerData.module).then(({ batches }) => {
  if (typeof batches !== "function") throw new TypeError("Expected a module that exports batches, a function, got none.");
  return batches(workerData.data);
});
parentPort.on("message", async ({ id, step, mined }) => {
  try {
    const batch = await (await ready)(step, mined);
    const buffers = new Set(Object.values(batch).map(({ data }) => data.buffer));
    parentPort.postMessage({ id, batch }, [...buffers].filter((buffer) => buffer instanceof ArrayBuffer));
  } catch (error) {
    const { name, message, code } = Object(error) === error ? error : { message: String(error) };
    parentPort.postMessage({ id, failure: { name, message, code } });
  }
});
ready.catch(() => undefined); // told at the first step
`;

/**
 * Makes the batches of a stage in threads of their own: reading, cutting and augmenting then take nothing from the thread that feeds the backend. A step's batch is the module's,
 * to the bit, whichever thread makes it. The threads keep no process alive while nobody waits for them. Node only.
 *
 * The module is JavaScript, or what the threads of the process can load. An error in it rejects the batch of its step, with its name, text and `code`.
 *
 * @throws RangeError for a count of threads that is no whole number above 0.
 * @example
 * // patchThread.js: export const batches = (data) => (step) => ({ pixels: { shape: [16, 192, 192, 1], data: cut(data, step) } });
 * const patches = batchThreads<PatchBatch>(new URL("./patchThread.js", import.meta.url), { data: { folder, seed }, threads: 2 });
 * for await (const { loss } of trainStage(model, { ...stage, batch: patches.batch }, { ahead: 2 })) log(loss);
 * await patches.close();
 */
export function batchThreads<Batch extends Readonly<Record<string, Tensor>>, Data = unknown>(
  module: URL,
  options: BatchThreadsOptions<Data>,
): BatchThreads<Batch> {
  requireKnownKeys("batchThreads", options, { data: true, threads: true });
  const { data, threads = 1 } = options;
  if (!(Number.isInteger(threads) && threads >= 1)) throw new RangeError(`Expected a whole number of threads above 0, got ${threads}.`);
  const pool = Array.from({ length: threads }, () => startThread({ module: module.href, data }));
  return {
    async batch(step, mined) {
      const free = pool.reduce((least, one) => (one.waiting() < least.waiting() ? one : least));
      return toBatch(await free.run(step, mined)) as Batch;
    },
    close: async () => void (await Promise.all(pool.map(({ close }) => close()))),
  };
}

interface Waiting {
  readonly resolve: (batch: PlainBatch) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id: number;
  readonly batch?: PlainBatch;
  readonly failure?: { readonly name?: string; readonly message: string; readonly code?: string };
}

function startThread(workerData: unknown) {
  const worker = new Worker(code, { eval: true, workerData });
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let asked = 0;
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", () => end(new Error("Expected a thread that makes batches, got one that has ended.")));
  worker.on("message", ({ id, batch, failure }: Answer) => {
    const own = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (batch) own?.resolve(batch);
    else own?.reject(revive(failure!));
  });
  worker.unref(); // after the listeners: each of them makes the process wait
  return {
    waiting: () => waiting.size,
    run: (step: number, mined: readonly MinedPlace[]) =>
      new Promise<PlainBatch>((resolve, reject) => {
        if (ended) return reject(ended);
        const id = asked++;
        waiting.set(id, { resolve, reject });
        worker.ref(); // the process waits for what is asked of the thread
        try {
          worker.postMessage({ id, step, mined });
        } catch (error) {
          // What cannot be sent is asked of nobody.
          waiting.delete(id);
          if (waiting.size === 0) worker.unref();
          reject(error as Error);
        }
      }),
    async close() {
      end(new Error("Expected threads that are not closed."));
      await worker.terminate();
    },
  };
}

/** Errors lose their class and code on the way. */
function revive({ name, message, code }: NonNullable<Answer["failure"]>): Error {
  const error: Error & { code?: string } = new Error(message);
  if (name !== undefined) error.name = name;
  if (code !== undefined) error.code = code;
  return error;
}

/** All tensors or none: what is no batch leaves nothing behind. */
const toBatch = (batch: PlainBatch): Record<string, Tensor> =>
  tidy(() =>
    Object.fromEntries(Object.entries(batch).map(([name, array]) => [name, toTensor(array, array.data instanceof Int32Array ? "int32" : "float32")])),
  );
