import { spawn } from "node:child_process";
import { root, toolEnvironment } from "./setup.mjs";

/**
 * Runs a program to its end and gives back what it said; never throws for a program that fails.
 * `ok` is an exit code of 0 within `seconds`; `output` has standard output and error as they came.
 */
export function command(program, args, { cwd = root, env = {}, seconds = 600 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: { ...toolEnvironment(), NO_COLOR: "1", FORCE_COLOR: undefined, ...env } });
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
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.on("error", (error) => {
      output += error.message;
    });
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ ok: code === 0, stdout, output });
    });
  });
}

/** The last lines of a long text, for a report. */
export const tail = (text, lines = 40) => text.trimEnd().split("\n").slice(-lines).join("\n");
