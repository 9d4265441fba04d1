import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Hash of everything that src/generated is made from: a test compares it, so that nobody measures a stale kernel. */
export function fingerprint() {
  const hash = createHash("sha256");
  for (const folder of ["../scripts/", "../assembly/"]) {
    const url = new URL(folder, import.meta.url);
    for (const name of readdirSync(url).sort()) if (/\.(mjs|ts)$/.test(name)) hash.update(name).update(readFileSync(new URL(name, url)));
  }
  for (const tool of ["assemblyscript", "esbuild", "@tensorflow/tfjs-core"])
    hash.update(createRequire(import.meta.url)(`${tool}/package.json`).version);
  return hash.digest("hex");
}
