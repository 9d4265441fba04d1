import { cpSync, existsSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";

/** The tracked and untracked files that git does not ignore, what is generated, and links to what is installed: the tree itself is never changed. */
export function copyRepository(copy) {
  const skip = new Set(["node_modules", "dist", ".git", ".turbo", "runs"]);
  cpSync(root, copy, { recursive: true, filter: (from) => !skip.has(from.split("/").at(-1)) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const folders = ["examples", ...readdirSync(join(root, "packages")).map((one) => join("packages", one))];
  for (const folder of folders) {
    const installed = join(root, folder, "node_modules");
    // Links to the workspace's packages are relative, so that in a copy they lead to the copy.
    if (existsSync(installed)) cpSync(installed, join(copy, folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  }
}
