import { type PairModel, parsePairModel } from "@mammo/ensemble";
import { readJson } from "@mammo/files/node";
import { UsageError } from "./program.ts";

/** Of programs that write a bundle. */
export const pairsOption = {
  kind: "text",
  help: "a pair model, as npm run pairing -- --model FILE writes it: what the bundle pairs CC and MLO by",
} as const;

/** The model of --pairs; undefined without it. */
export async function readPairs(path: string | undefined): Promise<PairModel | undefined> {
  if (path === undefined) return undefined;
  try {
    return parsePairModel(await readJson(path));
  } catch (cause) {
    throw new UsageError(`Expected --pairs to be a pair model: ${(cause as Error).message}`, { cause });
  }
}
