import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs a program in a process of its own. */
export function runProgram(program: string, environment: Record<string, string> = {}) {
  const arguments_ = ["--conditions=@mammo/source", "--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", program];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  return spawnSync(process.execPath, arguments_, {
    cwd,
    encoding: "utf8",
    timeout: 55_000,
    env: { ...process.env, MAMMO_BACKEND: "", ...environment },
  });
}
