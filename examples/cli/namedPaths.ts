import { readRegularFile } from "@mammo/files/node";
import { UsageError } from "./program.ts";

/** The option of a list of paths. */
export const filesFrom = { kind: "text", help: "also the files and folders in this list, one a line, as find writes it; - is stdin" } as const;

/** The paths of a call and those of its list, each once. */
export async function namedPaths(paths: readonly string[], list: string | undefined): Promise<readonly string[]> {
  const all = [...paths, ...(list === undefined ? [] : (await listed(list)).split(/\r?\n/).filter((line) => line !== ""))];
  if (all.length === 0) throw new UsageError("Expected at least one file or folder; see --help");
  if (new Set(all).size < all.length) throw new UsageError("Expected each file once, got one of them twice");
  return all;
}

async function listed(list: string): Promise<string> {
  if (list !== "-") return new TextDecoder().decode(await readRegularFile(list, { maxBytes: 2 ** 28 }));
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces).toString("utf8");
}
