import { createInterface } from "node:readline";

/** The child's side of `startChild`: what a rival in a Node process of its own does. */
export interface Rival {
  /** Versions, threads, results to be compared. */
  readonly about: Readonly<Record<string, unknown>>;
  iterate(): Promise<void>;
  /** MiB by name, beside the peak of the process. */
  memory?(): Readonly<Record<string, number>>;
}

/** Starts a rival and answers the harness, line by line, until its input ends; a rival that cannot start says why. */
export async function serve(start: () => Promise<Rival>): Promise<void> {
  const say = (answer: object) => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  try {
    const rival = await start();
    say({ ready: true, ...rival.about });
    for await (const line of createInterface({ input: process.stdin })) {
      if ("memory" in (JSON.parse(line) as object)) {
        say({ memory: { peakMiB: process.resourceUsage().maxRSS / 1024, ...rival.memory?.() } });
        continue;
      }
      const begin = performance.now();
      await rival.iterate();
      say({ seconds: (performance.now() - begin) / 1000 });
    }
  } catch (error) {
    say({ missing: (error as Error).message });
  }
}
