import { join } from "node:path";
import { openRunFolder, type RunFolder } from "@mammo/pipeline/node";
import { UsageError } from "./program.ts";

/** `openRunFolder`; what another --out or --resume mends is told as a mistake in the call. */
export const openRun = (folder: string, options: object, { resume }: { readonly resume: boolean }): Promise<RunFolder> =>
  told(openRunFolder(folder, options, { resume }));

/** The folder of one instance of a run that another process has begun and may hold: its own folder is locked. */
export const joinRun = (folder: string, options: object, instance: number): Promise<RunFolder> =>
  told(openRunFolder(join(folder, "instances", String(instance)), options, { resume: true }));

async function told(opened: Promise<RunFolder>): Promise<RunFolder> {
  try {
    return await opened;
  } catch (error) {
    const { code = "", message } = error as Error & { readonly code?: string };
    if (!["run-exists", "other-options", "in-use"].includes(code)) throw error;
    throw new UsageError(`${message}: see --resume and --out`, { cause: error });
  }
}
