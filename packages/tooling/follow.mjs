// A program that runs in the place of this one: signals reach it, and its end is this one's end.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** What a shell sends: hang-up, Ctrl-C, Ctrl-\ and `kill`. */
const passed = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"];

/** The exit code that shells give to an end by a signal. */
export const codeOfSignal = (signal) => 128 + (constants.signals[signal] ?? 0);

/**
 * Starts a program with this one's input and output; passes signals on and ends with its exit code, or with 128 and the number of the signal that ended it.
 */
export function follow(program, args, options = {}) {
  const env = { ...(options.env ?? process.env), MAMMO_LAUNCHER: String(process.pid) };
  const child = spawn(program, args, { stdio: "inherit", ...options, env });
  for (const signal of passed) process.on(signal, () => child.kill(signal));
  // Whatever ends this process in another way (SIGKILL apart) ends the child too.
  process.on("exit", () => child.kill("SIGKILL"));
  child.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? codeOfSignal(signal)));
}
