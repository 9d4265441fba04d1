import { rmSync } from "node:fs";
import { resolve } from "node:path";

const endings = new Set<() => void>();

/** What is to be done if the process ends first; gives the function that takes it back. Those last asked for are done first: what lies in a folder before the folder. */
export function atExit(ending: () => void): () => void {
  if (endings.size === 0 && !process.listeners("exit").includes(endAll)) process.on("exit", endAll);
  endings.add(ending);
  return () => void endings.delete(ending);
}

/**
 * Has a file or folder removed if the process ends before it is finished, by `process.exit` or by an error that nobody catches; gives the function that takes it back.
 *
 * `kill -9` cannot be noticed, nor a signal that the program leaves to the system: a program that is to leave nothing behind answers it with `process.exit`.
 *
 * @example
 * process.once("SIGTERM", () => process.exit(143));
 * const folder = await mkdtemp(join(tmpdir(), "work-"));
 * const finished = removeAtExit(folder);
 */
export function removeAtExit(path: string): () => void {
  const whole = resolve(path); // the process may go to another folder
  // A thread may still write into the folder while it is emptied: then again.
  return atExit(() => rmSync(whole, { recursive: true, force: true, maxRetries: 10, retryDelay: 10 }));
}

function endAll(): void {
  for (const ending of [...endings].reverse()) {
    try {
      ending();
    } catch {
      // The process ends either way, and the next run takes over what is left.
    }
  }
}
