import { spawnSync } from "node:child_process";
import { BackendError, type BackendErrorCode } from "../errors.ts";

export interface CommandOptions {
  /** What its failure means. */
  readonly code: BackendErrorCode;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and gives what it printed; throws a BackendError that ends with the program's own words. */
export function runCommand(command: string, args: readonly string[], { code, folder, environment }: CommandOptions): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...environment },
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  if (status !== 0)
    throw new BackendError(
      code,
      `Expected ${command} to succeed, got ${(error?.message ?? `${stdout}${stderr}`).trim().slice(-2000) || `status ${status}`}`,
    );
  return stdout;
}
