import { openRunFolder, type RunFolder } from "@mammo/pipeline/node";
import { UsageError } from "./program.ts";

/** `openRunFolder`; what another --out or --resume mends is told as a mistake in the call. */
export async function openRun(folder: string, options: object, { resume }: { readonly resume: boolean }): Promise<RunFolder> {
  try {
    return await openRunFolder(folder, options, { resume });
  } catch (error) {
    const { code = "", message } = error as Error & { readonly code?: string };
    if (!["run-exists", "other-options", "in-use"].includes(code)) throw error;
    throw new UsageError(`${message}: see --resume and --out`, { cause: error });
  }
}
