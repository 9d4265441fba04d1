import { parentPort } from "node:worker_threads";
import { DicomError } from "./dicomError.ts";
import type { WorkerAnswer, WorkerRequest } from "./mammogramReader.ts";
import { readMammogram } from "./readMammogram.ts";

// The other end of `mammogramReader`: one request at a time, errors as plain data.
parentPort!.on("message", async ({ bytes, options }: WorkerRequest) => {
  try {
    const read = await readMammogram(bytes, options);
    parentPort!.postMessage({ read } satisfies WorkerAnswer, [read.image.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    const { code, offset, message } = error instanceof DicomError ? error : new DicomError("corrupt-pixels", "Expected a file that can be read");
    parentPort!.postMessage({ error: { code, offset, message } } satisfies WorkerAnswer);
  }
});
