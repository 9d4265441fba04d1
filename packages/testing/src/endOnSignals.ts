import { constants } from "node:os";

/**
 * Has the process end on Ctrl-C, `kill` and a closed terminal: with the code that shells give to such an end, one line on standard error, and nothing unfinished left behind (`removeAtExit` of `@mammo/files/node`).
 *
 * So does a reader of standard output that ends first, in silence and with 141. The system's own answer, which leaves everything where it is, stays behind Ctrl-\ and `kill -9`. While the program computes without a break, a signal waits.
 *
 * @param advice how to go on, the line's end
 * @example endOnSignals(() => "--resume goes on"); // Ctrl-C: "ended by SIGINT; --resume goes on", code 130
 */
export function endOnSignals(advice: () => string | undefined = () => undefined): void {
  // Whoever reads has had enough (`| head`): Node has no signal for it, and there is nobody to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(128 + constants.signals.SIGPIPE);
  });
  // Heard for good, though the first one ends all: a terminal and a launcher tell of the same Ctrl-C, and the system's answer to the second would cut the end short.
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      const words = advice();
      process.stderr.write(`${process.stderr.isTTY ? "\n" : ""}ended by ${signal}${words === undefined ? "" : `; ${words}`}\n`);
      process.exit(128 + constants.signals[signal]);
    });
}

/** Lets signals in: to be awaited between the steps of work that waits for nothing. */
export const letSignalsIn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
