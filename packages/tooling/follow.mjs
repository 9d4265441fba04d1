// A program that runs in the place of this one: signals reach it, and its end is this one's end.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** What a shell sends: hang-up, Ctrl-C, Ctrl-\ and `kill`. */
const passed = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"];

/** The exit code that shells give to an end by a signal. */
export const codeOfSignal = (signal) => 128 + (constants.signals[signal] ?? 0);

/** How long a program that was told to end may take; one that computes without a break hears nothing. */
const graceSeconds = 10;

/**
 * Starts a program with this one's input and output; passes signals on and ends with its exit code, or with 128 and the number of the signal that ended it. One that does not end on a
 * signal within ten seconds is killed.
 */
export function follow(program, args, options = {}) {
  const env = { ...(options.env ?? process.env), MAMMO_LAUNCHER: String(process.pid) };
  const child = spawn(program, args, { stdio: "inherit", ...options, env });
  let told;
  for (const signal of passed)
    process.on(signal, () => {
      child.kill(signal);
      told ??= signal;
      setTimeout(() => child.kill("SIGKILL"), 1000 * graceSeconds).unref();
    });
  // Whatever ends this process in another way (SIGKILL apart) ends the child too.
  process.on("exit", () => child.kill("SIGKILL"));
  child.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(told !== undefined && code !== 0 ? codeOfSignal(told) : (code ?? codeOfSignal(signal))));
}
