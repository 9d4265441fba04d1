import { spawn } from "node:child_process";
import { codeOfSignal } from "./follow.mjs";
import { root, toolEnvironment } from "./setup.mjs";

// Each program leads a group of its own, so that what it started ends with it.
const running = new Set();
const endAll = () => {
  for (const child of running) endGroup(child);
};
process.once("exit", endAll);
for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"])
  process.once(signal, () => {
    endAll();
    process.exit(codeOfSignal(signal));
  });

/**
 * Runs a program to its end and returns what it printed; never throws for a program that fails.
 * `ok` is an exit code of 0 within `seconds`; `output` has standard output and error as they came.
 */
export function command(program, args, { cwd = root, env = {}, seconds = 600 } = {}) {
  return new Promise((resolve) => {
    const detached = process.platform !== "win32";
    const child = spawn(program, args, { cwd, detached, env: { ...toolEnvironment(), NO_COLOR: "1", FORCE_COLOR: undefined, ...env } });
    running.add(child);
    let [output, stdout] = ["", ""];
    child.stdout.on("data", (bytes) => {
      stdout += bytes;
      output += bytes;
    });
    child.stderr.on("data", (bytes) => {
      output += bytes;
    });
    const limit = setTimeout(() => {
      output += `\nended after ${seconds} s\n`;
      endGroup(child);
    }, seconds * 1000);
    child.on("error", (error) => {
      output += error.message;
    });
    child.on("close", (code) => {
      clearTimeout(limit);
      running.delete(child);
      resolve({ ok: code === 0, stdout, output });
    });
  });
}

/** The last lines of a long text, for a report. */
export const tail = (text, lines = 40) => text.trimEnd().split("\n").slice(-lines).join("\n");

function endGroup(child) {
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error; // it has ended by itself
  }
}
