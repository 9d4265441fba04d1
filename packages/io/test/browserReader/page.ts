// What the browser runs: files come as base64, what goes back is plain data.
import { type DicomError, type MammogramReader, type WebWorker, webMammogramReader } from "../../src/index.ts";

export interface Read {
  readonly sha256?: string;
  readonly code?: string;
  readonly offset?: number | undefined;
}

const worker = (): WebWorker => new Worker("/worker.js", { type: "module" }) as WebWorker;
const readers = new Map<number, MammogramReader>();

/** Reads a file as a Blob, as if a user had dropped it, in a worker with this limit of time. */
async function read(base64: string, timeoutMilliseconds: number): Promise<Read> {
  const file = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
  const reader = readers.get(timeoutMilliseconds) ?? webMammogramReader({ worker, timeoutMilliseconds });
  readers.set(timeoutMilliseconds, reader);
  try {
    const { image } = await reader.read(file);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", image.pixels as Float32Array<ArrayBuffer>));
    return { sha256: [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  } catch (error) {
    const { code, offset } = error as DicomError;
    return { code, offset };
  }
}

Object.assign(globalThis, { read });
