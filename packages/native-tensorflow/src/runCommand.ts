import { spawnSync } from "node:child_process";
import { NativeTensorflowError, type NativeTensorflowErrorCode } from "./errors.ts";

export interface CommandOptions {
  /** The code of the error when it fails. */
  readonly code: NativeTensorflowErrorCode;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and returns what it printed; a failure is an error that ends with what the program printed. */
export function runCommand(command: string, args: readonly string[], { code, folder, environment }: CommandOptions): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...environment },
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  if (status !== 0)
    throw new NativeTensorflowError(
      code,
      `Expected ${command} to succeed, got ${(error?.message ?? `${stdout}${stderr}`).trim().slice(-2000) || `status ${status}`}`,
    );
  return stdout;
}
