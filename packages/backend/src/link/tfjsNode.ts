import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BackendError } from "../errors.ts";

/** An installed tfjs-node or tfjs-node-gpu: where its library, headers and addon lie. */
export interface TfjsNode {
  readonly name: string;
  readonly folder: string;
  readonly dependencies: string;
  readonly addon: string;
}

/** Finds the package from a project's folder; the one for GPUs first. */
export function findTfjsNode(project: string): TfjsNode {
  const require = createRequire(join(project, "package.json"));
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const folder = dirname(manifest);
      const { find } = createRequire(manifest)("@mapbox/node-pre-gyp") as { find(manifest: string): string };
      return { name, folder, dependencies: join(folder, "deps"), addon: find(manifest) };
    } catch {
      // Not this one.
    }
  }
  throw new BackendError(
    "unavailable",
    `Expected @tensorflow/tfjs-node or -gpu in ${project}, got neither: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0`,
  );
}

const kept = (path: string) => `${path}.before-link`;

/** Sets aside what an ordinary installation has put there, once. */
export function setAside({ dependencies, addon }: TfjsNode): void {
  for (const path of [dependencies, addon]) {
    if (existsSync(path) && !existsSync(kept(path))) renameSync(path, kept(path));
    else rmSync(path, { recursive: true, force: true });
  }
  mkdirSync(join(dependencies, "lib"), { recursive: true });
  mkdirSync(dirname(addon), { recursive: true });
}

/** Undoes a link: what was there before is there again. */
export function unlink({ dependencies, addon }: TfjsNode): void {
  for (const path of [dependencies, addon]) {
    rmSync(path, { recursive: true, force: true });
    if (existsSync(kept(path))) renameSync(kept(path), path);
  }
}
