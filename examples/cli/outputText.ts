import { once } from "node:events";
import { atomicFile } from "@mammo/files/node";

/** Text that is written piece by piece. */
export interface OutputText {
  write(text: string): Promise<void>;
  /** Gives a file its name. */
  commit(): Promise<unknown>;
  /** Drops what was written unless it is committed. */
  discard(): Promise<void>;
}

/** To a file, which is there whole or not at all, or to stdout. */
export async function outputText(path: string | undefined): Promise<OutputText> {
  if (path === undefined) return { write: writeToStdout, commit: async () => undefined, discard: async () => undefined };
  const file = await atomicFile(path);
  const encoder = new TextEncoder();
  return { write: (text) => file.write(encoder.encode(text)), commit: file.commit, discard: file.discard };
}

/** A slow reader of a pipe is waited for: nothing piles up in memory. */
async function writeToStdout(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}
