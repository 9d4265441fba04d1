// Independent jobs as processes of this machine: the same program again, each with an argument of its own.
import { type ChildProcess, spawn } from "node:child_process";

/** How a job ended that did not end well. */
export interface FailedJob {
  readonly job: number;
  /** Exit status; null after a signal. */
  readonly status: number | null;
}

/**
 * Runs this program once for each job, so many at a time; what they tell on stderr goes to this process's. A job that a signal ended, or that asks for it (status 75, EX_TEMPFAIL), is begun again, three
 * times at most: jobs go on where they were ended. Any other failure lets the running jobs end and begins no other.
 */
export async function runJobs(
  jobs: readonly number[],
  { atOnce, argumentsOf }: { readonly atOnce: number; readonly argumentsOf: (job: number) => readonly string[] },
): Promise<readonly FailedJob[]> {
  const waiting = [...jobs];
  const failed: FailedJob[] = [];
  const running = new Set<ChildProcess>();
  const endAll = () => {
    for (const child of running) child.kill("SIGTERM");
  };
  process.on("exit", endAll);
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined && failed.length === 0; job = waiting.shift()) {
      let status: number | null = 75;
      for (let turn = 0; turn < 3 && (status === 75 || status === null); turn++) status = await run(argumentsOf(job), running);
      if (status !== 0) failed.push({ job, status });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, jobs.length) }, worker));
  } finally {
    process.off("exit", endAll);
  }
  return failed;
}

function run(argv: readonly string[], running: Set<ChildProcess>): Promise<number | null> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...argv], { stdio: ["ignore", "ignore", "inherit"] });
  running.add(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      running.delete(child);
      resolve(status);
    });
  });
}
