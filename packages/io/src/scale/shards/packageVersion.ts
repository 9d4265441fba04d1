import { createRequire } from "node:module";

/** The version of this package, for the record of what it wrote; found by the package's own name, so that it holds for the source and as published. */
export function packageVersion(): string {
  return (createRequire(import.meta.url)("@mammo/io/package.json") as { readonly version: string }).version;
}
