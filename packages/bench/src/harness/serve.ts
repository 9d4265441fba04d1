import { createInterface } from "node:readline";

/** The child's side of `startChild`: a contender in a Node process of its own. */
export interface ServedContender {
  /** Versions, threads, results to be compared. */
  readonly about: Readonly<Record<string, unknown>>;
  /** One iteration; the whole call is timed where it gives no seconds of its own. */
  iterate(): Promise<number | undefined> | Promise<void>;
  /** What is told by name beside the peak of the process, such as MiB. */
  memory?(): Readonly<Record<string, number>>;
}

/** Starts a contender and answers the harness, line by line, until its input ends; one that cannot start reports why. */
export async function serve(start: () => Promise<ServedContender>): Promise<void> {
  const print = (answer: object) => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  try {
    const contender = await start();
    print({ ready: true, ...contender.about });
    for await (const line of createInterface({ input: process.stdin })) {
      if ("memory" in (JSON.parse(line) as object)) {
        print({ memory: { peakMiB: process.resourceUsage().maxRSS / 1024, ...contender.memory?.() } });
        continue;
      }
      const begin = performance.now();
      const own = await contender.iterate();
      print({ seconds: own ?? (performance.now() - begin) / 1000 });
    }
  } catch (error) {
    print({ missing: (error as Error).message });
  }
}
