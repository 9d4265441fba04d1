import { requireKnownKeys } from "@mammo/mammogram";
import type { Codec } from "../../dicom/codecs/codec.ts";
import { DicomError } from "../../dicom/dicomError.ts";
import { type PlainError, revive, toPlain } from "../threads/plainError.ts";
import {
  type DecodeAnswer,
  decodeOne,
  type MammogramReader,
  type ReadAnswer,
  readOne,
  requireWorkerOptions,
  type WorkerDecodeOptions,
  type WorkerReadOptions,
} from "./reader.ts";

/** A job for a worker. */
export type WebRequest =
  | { readonly kind: "read"; readonly file: Uint8Array | Blob; readonly options: WorkerReadOptions }
  | { readonly kind: "decode"; readonly file: Uint8Array | Blob; readonly options: WorkerDecodeOptions };
/** What a worker sends back. */
export type WebAnswer = { readonly value: ReadAnswer | DecodeAnswer } | { readonly error: PlainError };

/** What this needs of a browser's Worker. */
export interface WebWorker {
  onmessage: ((event: { readonly data: WebAnswer }) => void) | null;
  onerror: ((event: never) => void) | null;
  onmessageerror?: ((event: never) => void) | null;
  postMessage(request: WebRequest): void;
  terminate(): void;
}
/** What this needs of `self` in such a worker. */
export interface WebWorkerScope {
  onmessage: ((event: { readonly data: WebRequest }) => void) | null;
  postMessage(answer: WebAnswer, transfer: ArrayBuffer[]): void;
}

/**
 * A reader for files from anywhere, in a worker of the browser, one after the other: a hard limit of time for each, kept by ending the worker.
 *
 * `worker` starts one; its script calls `serveReads`. Files that the user drops go in as they are: a File is read by ranges.
 * @example
 * const reader = webMammogramReader({ worker: () => new Worker(new URL("./reader.js", import.meta.url), { type: "module" }) });
 * const { header, image } = await reader.read(input.files[0]);
 */
export function webMammogramReader(options: { readonly worker: () => WebWorker; readonly timeoutMilliseconds?: number }): MammogramReader {
  requireKnownKeys("webMammogramReader", options, { worker: true, timeoutMilliseconds: true });
  const { worker: start, timeoutMilliseconds = 30_000 } = options;
  let worker: WebWorker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const askOne = (request: WebRequest): Promise<ReadAnswer | DecodeAnswer> =>
    new Promise((resolve, reject) => {
      const at = (worker ??= start());
      const end = (expected: string): void => {
        clearTimeout(timer);
        worker = undefined;
        at.terminate();
        reject(new DicomError("timeout", expected));
      };
      const timer = setTimeout(() => end(`Expected a file that can be read within ${timeoutMilliseconds} ms`), timeoutMilliseconds);
      at.onerror = () => end("Expected the reading worker to go on");
      at.onmessageerror = () => end("Expected an answer of the reading worker that can be read");
      at.onmessage = ({ data }) => {
        clearTimeout(timer);
        "value" in data ? resolve(data.value) : reject(revive(data.error));
      };
      try {
        at.postMessage(request);
      } catch (cause) {
        // What cannot be sent is its caller's mistake; the timer would end the worker under the next file.
        clearTimeout(timer);
        reject(cause);
      }
    });
  const ask = <Answer>(request: WebRequest): Promise<Answer> => {
    const next = last.then(() => askOne(request));
    last = next.catch(() => undefined);
    return next as Promise<Answer>;
  };
  return {
    async read(file, options = {}) {
      requireWorkerOptions("read", options);
      return ask({ kind: "read", file, options });
    },
    async decode(file, options = {}) {
      requireWorkerOptions("decode", options);
      return ask({ kind: "decode", file, options });
    },
    async dispose() {
      await last;
      worker?.terminate();
      worker = undefined;
    },
  };
}

/**
 * The other end, called once by the worker's script.
 *
 * @example serveReads(self, { codecs: [jpeg2000Codec({ wasm: "/openjpegwasm_decode.wasm" }), ...codecs] });
 */
export function serveReads(scope: WebWorkerScope, options: { readonly codecs?: readonly Codec[] } = {}): void {
  requireKnownKeys("serveReads", options, { codecs: true });
  const { codecs } = options;
  const chosen = codecs ? { codecs } : {};
  scope.onmessage = async ({ data: { kind, file, options } }) => {
    try {
      const value = kind === "read" ? await readOne(file, { ...options, ...chosen }) : await decodeOne(file, { ...options, ...chosen });
      scope.postMessage({ value }, [("image" in value ? value.image.pixels : value.storedValues).buffer as ArrayBuffer]);
    } catch (error) {
      scope.postMessage({ error: toPlain(error) }, []);
    }
  };
}
