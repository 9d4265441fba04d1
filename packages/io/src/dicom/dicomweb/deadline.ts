import { DicomWebError } from "./dicomWebError.ts";

/** Time that may be spent waiting, and the caller's wish to stop. What the caller does between two waits does not count. */
export interface Deadline {
  /** Settles as `promise` does, unless time or the caller ends it first; then `onExpired` runs. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Starts the time anew. */
  renew(): void;
}

/**
 * @throws from `wait`: DicomWebError `timeout` or `aborted`.
 */
export function deadline(options: {
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onExpired: () => void;
}): Deadline {
  const { milliseconds, signal, onExpired } = options;
  let left = milliseconds;
  const expire = (error: DicomWebError): never => {
    onExpired();
    throw error;
  };
  const aborted = (): DicomWebError => new DicomWebError("aborted", "The caller ended the request");
  return {
    async wait(promise) {
      promise.catch(() => undefined); // Given up on, it may still fail later.
      if (signal?.aborted) return expire(aborted());
      const start = performance.now();
      let stop = (): void => undefined;
      const ended = new Promise<DicomWebError>((resolve) => {
        const timer = setTimeout(
          () => resolve(new DicomWebError("timeout", `Expected the server's answer within ${milliseconds} ms`)),
          Math.max(left, 0),
        );
        const onAbort = (): void => resolve(aborted());
        signal?.addEventListener("abort", onAbort);
        stop = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
        };
      });
      try {
        const first = await Promise.race([promise, ended]);
        return first instanceof DicomWebError ? expire(first) : (first as Awaited<typeof promise>);
      } finally {
        stop();
        left -= performance.now() - start;
      }
    },
    renew() {
      left = milliseconds;
    },
  };
}
