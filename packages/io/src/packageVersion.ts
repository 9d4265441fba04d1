import { readFile } from "node:fs/promises";

/** The version of this package, for the record of what it wrote. The path holds beside this file as source and beside the bundle as published. */
export async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };
  return version;
}
