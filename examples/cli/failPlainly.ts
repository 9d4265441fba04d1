import { escapeTerminal } from "@mammo/files";
import { endOnSignals } from "@mammo/testing/signals";
import { plainError } from "./plainError.ts";

/** One line on stderr for a failure, without names of files and their contents; `--debug` adds where it was met. */
export function tellFailure(error: unknown): void {
  const { message, code, frames } = plainError(error);
  const line = `error${code ? ` [${code}]` : ""}: ${escapeTerminal(message)}\n`;
  process.stderr.write(process.argv.includes("--debug") ? line + frames : line);
}

/**
 * For the whole process: whatever nobody catches is told in one line and ends it with 1, signals end it with 130 and 143 and nothing unfinished left behind; what it writes is its
 * owner's alone (0600, 0700).
 *
 * @param again what the line of a signal says of how to go on
 */
export function failPlainly(again?: string): void {
  process.umask(0o077);
  endOnSignals(() => again);
  process.on("uncaughtException", (error) => {
    tellFailure(error);
    process.exit(1);
  });
}
