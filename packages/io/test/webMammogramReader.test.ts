import { describe, expect, it, vi } from "vitest";
import { type WebRequest, type WebWorker, webMammogramReader } from "../src/index.ts";

/** A worker that answers only when it is told to; requests go through the same clone as in a browser. */
function slowWorker() {
  const worker: WebWorker = {
    onmessage: null,
    onerror: null,
    postMessage: (request: WebRequest) => void structuredClone(request),
    terminate: vi.fn(),
  };
  return worker;
}

describe("webMammogramReader", () => {
  it("refuses what cannot be sent as its caller's mistake, and leaves the worker to the next file", async () => {
    vi.useFakeTimers();
    try {
      const worker = slowWorker();
      const reader = webMammogramReader({ worker: () => worker, timeoutMilliseconds: 1000 });
      const options = { frame: () => 0 } as object;
      await expect(reader.decode(new Uint8Array(1), options)).rejects.toMatchObject({ name: "DataCloneError" });
      await vi.advanceTimersByTimeAsync(600);
      const next = reader.decode(new Uint8Array(1));
      await vi.advanceTimersByTimeAsync(600);
      expect(worker.terminate).not.toHaveBeenCalled();
      worker.onmessage!({ data: { value: { cells: new Uint8Array(0) } as never } });
      await expect(next).resolves.toEqual({ cells: new Uint8Array(0) });
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends a worker whose answer cannot be read", async () => {
    const worker = slowWorker();
    const reader = webMammogramReader({ worker: () => worker });
    const read = reader.decode(new Uint8Array(1));
    await Promise.resolve();
    await Promise.resolve();
    worker.onmessageerror!(undefined as never);
    await expect(read).rejects.toMatchObject({ name: "DicomError", code: "timeout" });
    expect(worker.terminate).toHaveBeenCalledOnce();
  });
});
