import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

interface Answer<Result> {
  readonly id: number;
  readonly result?: Result;
  readonly error?: { readonly message: string; readonly code?: string };
}

/**
 * Runs jobs in child processes, at most one a core, and yields the results as they come. A job that fails ends the run with its error.
 * The script calls `serve`. Processes, not threads: they take the loader of TypeScript sources over on every Node.
 */
export async function* pool<Job, Result>(
  script: URL,
  jobs: readonly Job[],
  size = availableParallelism(),
): AsyncGenerator<{ readonly job: Job; readonly result: Result }> {
  const answers: Answer<Result>[] = [];
  let wake = () => {};
  let next = 0;
  const give = (child: ChildProcess) => next < jobs.length && child.send({ id: next, job: jobs[next++] });
  const children = Array.from({ length: Math.min(size, jobs.length) }, () => {
    const child = fork(fileURLToPath(script), { execArgv: process.execArgv, serialization: "advanced" });
    const hear = (answer: Answer<Result>) => {
      answers.push(answer);
      wake();
    };
    child.on("message", (answer: Answer<Result>) => {
      give(child);
      hear(answer);
    });
    child.on("exit", (code, signal) =>
      hear({
        id: -1,
        error: { message: `Expected a worker process to go on until its work is done, but it ended with ${code ?? signal}`, code: "worker-ended" },
      }),
    );
    give(child);
    return child;
  });
  try {
    for (let done = 0; done < jobs.length; ) {
      const answer = answers.shift();
      if (!answer) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      done++;
      yield { job: jobs[answer.id]!, result: answer.result! };
    }
  } finally {
    for (const child of children) child.removeAllListeners("exit").kill();
  }
}

/** The other end: answers each job of the process that forked this one, and ends with it. */
export function serve<Job, Result>(work: (job: Job) => Promise<Result>): void {
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ id, job }: { readonly id: number; readonly job: Job }) => {
    try {
      process.send!({ id, result: await work(job) });
    } catch (error) {
      const { message, code } = error as Error & { readonly code?: string };
      process.send!({ id, error: { message, code } });
    }
  });
}
