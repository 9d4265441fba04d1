import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/**
 * Runs jobs on worker threads, at most one a core, and yields the results as they come.
 * The worker's file listens for `{ id, job }` and answers `{ id, result }` or `{ id, error }`. A job that fails ends the run.
 */
export async function* pool<Job, Result>(script: URL, jobs: readonly Job[], size = availableParallelism()): AsyncGenerator<{ readonly job: Job; readonly result: Result }> {
  if (jobs.length === 0) return;
  const ready: { readonly id: number; readonly result?: Result; readonly error?: { readonly message: string; readonly code?: string } }[] = [];
  let wake = () => {};
  let failure: Error | undefined;
  let next = 0;
  const workers = Array.from({ length: Math.min(size, jobs.length) }, () => {
    const worker = new Worker(script, { execArgv: process.execArgv });
    const give = () => next < jobs.length && worker.postMessage({ id: next, job: jobs[next++] });
    worker.on("message", (message) => {
      ready.push(message);
      give();
      wake();
    });
    worker.on("error", (error) => {
      failure = error as Error;
      wake();
    });
    give();
    return worker;
  });
  try {
    for (let done = 0; done < jobs.length; ) {
      if (failure) throw failure;
      const message = ready.shift();
      if (!message) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (message.error) throw Object.assign(new Error(message.error.message), { code: message.error.code });
      done++;
      yield { job: jobs[message.id]!, result: message.result! };
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
