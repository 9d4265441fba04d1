import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeArguments } from "../../packages/tooling/setup.mjs";

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program of examples/, or a file by its path from there, from its source; `onStart` gets the process, to kill it. */
export function run(name: string, argv: readonly string[], onStart: (child: ChildProcess) => void = () => {}): Promise<Ended> {
  const script = fileURLToPath(new URL(name.endsWith(".ts") ? `../${name}` : `../${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [...nodeArguments(), script, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (chunk) => (texts[stream] += chunk));
  onStart(child);
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...texts })));
}
