import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Contender } from "./comparison.ts";

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly work?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** For each answer; default 120. */
  readonly timeoutSeconds?: number;
}

/** A contender in another process. `about` is what it stated when it was ready: versions, threads. */
export interface Child extends Contender {
  readonly about: Readonly<Record<string, unknown>>;
  /** Peak memory of its process so far, MiB, and what else it reports; empty where it reports nothing. */
  memory(): Promise<Readonly<Record<string, number>>>;
  stop(): void;
}

/** Quiet before each timing. onnxruntime's threads were seen to slow the contender after it up to twofold. */
const settleMilliseconds = 200;

/**
 * Starts a contender that exchanges lines of JSON over its standard streams.
 *
 * It prints `{"ready": true, ...}` once it has loaded (or `{"missing": "no torch"}` and ends); then for each line
 * `{"run": n}` on its input it does one iteration and prints `{"seconds": s}`, timed inside: pipes are not part of the time. Asked for `{"memory": 1}`, it may
 * print `{"memory": {"peakMiB": m}}`.
 * What it prints to standard error is passed on. Never throws for a contender that cannot start: `missing` says why.
 */
export async function startChild(options: ChildOptions): Promise<Child | { readonly missing: string }> {
  const { name, command, args, environment, timeoutSeconds = 120 } = options;
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...environment } });
  // It may compute for minutes for nobody.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.removeListener("exit", end));
  const answer = answers(child, timeoutSeconds);
  try {
    const about = await answer();
    if (typeof about["missing"] === "string") return { missing: about["missing"] };
    if (about["ready"] !== true) throw new Error(`expected {"ready": true}, got ${JSON.stringify(about)}`);
    return {
      name,
      about,
      ...(options.work === undefined ? {} : { work: options.work }),
      async iterate() {
        // Threads of another contender may still turn in wait of more work (onnxruntime's do), on a processor that this one needs.
        await new Promise((resolve) => setTimeout(resolve, settleMilliseconds));
        child.stdin!.write('{"run":1}\n');
        const { seconds } = await answer();
        if (typeof seconds !== "number") throw new Error(`Expected {"seconds": number} from ${name}, got ${JSON.stringify(seconds)}`);
        return seconds;
      },
      async memory() {
        child.stdin!.write('{"memory":1}\n');
        const { memory } = await answer();
        return typeof memory === "object" && memory !== null ? (memory as Record<string, number>) : {};
      },
      stop: () => void child.kill(),
    };
  } catch (error) {
    child.kill();
    return { missing: (error as Error).message };
  }
}

/** Next line of a child as JSON; rejects when it ends, fails to start or is silent for too long. */
function answers(child: ChildProcess, timeoutSeconds: number) {
  const lines: string[] = [];
  let ended: Error | undefined;
  let wake = () => {};
  const end = (error: Error) => {
    ended ??= error;
    wake();
  };
  child.on("error", end);
  child.on("exit", (code, signal) => end(new Error(`it ended with ${signal ?? `code ${code}`}`)));
  child.stdin!.on("error", end);
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (!line.startsWith("{")) return; // libraries print too; only objects are answers
    lines.push(line);
    wake();
  });
  return async (): Promise<Record<string, unknown>> => {
    const limit = setTimeout(() => end(new Error(`no answer within ${timeoutSeconds} s`)), timeoutSeconds * 1000);
    while (lines.length === 0 && !ended)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    clearTimeout(limit);
    const line = lines.shift();
    if (line === undefined) throw ended;
    return JSON.parse(line) as Record<string, unknown>;
  };
}
