import { cpSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { NativeTensorflowError } from "./errors.ts";

/** An installed tfjs-node or tfjs-node-gpu, and where its addon lies or will lie. */
export interface TfjsNode {
  readonly name: string;
  readonly folder: string;
  readonly addon: string;
}

/**
 * Finds the package from a project's folder; the one for GPUs first.
 * @throws NativeTensorflowError "unavailable" that says what to install
 */
export function findTfjsNode(project: string): TfjsNode {
  const require = createRequire(join(project, "package.json"));
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const { find } = createRequire(manifest)("@mapbox/node-pre-gyp") as { find(manifest: string): string };
      return { name, folder: dirname(manifest), addon: find(manifest) };
    } catch {
      // Not this one.
    }
  }
  throw new NativeTensorflowError(
    "unavailable",
    `Expected @tensorflow/tfjs-node or -gpu in ${project}, got neither: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0`,
  );
}

const backupOf = (addon: string) => `${addon}.before-link`;
const prefix = "linked-";

/** A folder inside the package for a second, complete one with another TensorFlow; named after the wheel, so that it never collides with one in use. */
export function makeLinkedFolder({ folder }: TfjsNode, wheelHash: string): string {
  const linked = join(folder, `${prefix}${wheelHash.slice(0, 16)}-${process.pid}`);
  rmSync(linked, { recursive: true, force: true });
  mkdirSync(linked);
  for (const part of ["package.json", "dist"]) cpSync(join(folder, part), join(linked, part), { recursive: true });
  return linked;
}

/**
 * Puts a tested linked package in use: the addon's place becomes a symbolic link into it.
 *
 * By one rename: whenever the process is killed, either the old addon or the new one is there, whole. An ordinary addon is kept for `restoreAddon`.
 */
export function activateLinked({ folder, addon }: TfjsNode, linked: string): void {
  mkdirSync(dirname(addon), { recursive: true });
  if (isOrdinary(addon)) {
    rmSync(backupOf(addon), { force: true });
    linkSync(addon, backupOf(addon));
  }
  const pointer = `${addon}.${process.pid}`;
  rmSync(pointer, { force: true });
  symlinkSync(relative(dirname(addon), join(linked, relative(folder, addon))), pointer);
  renameSync(pointer, addon);
  removeUnused(folder, linked);
}

/** Removes the link: the ordinary addon, if there was one, is in its place again. */
export function restoreAddon({ folder, addon }: TfjsNode): void {
  if (existsSync(backupOf(addon))) renameSync(backupOf(addon), addon);
  else if (!isOrdinary(addon)) rmSync(addon, { force: true });
  removeUnused(folder);
}

/** A file that is not a link of ours. */
const isOrdinary = (addon: string) => lstatSync(addon, { throwIfNoEntry: false })?.isFile() === true;

/** Removes the linked packages that are not in use, also those that a killed run has left; one that another run is building stays. */
function removeUnused(folder: string, inUse?: string): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (entry.startsWith(prefix) && path !== inUse && !isBeingBuilt(entry)) rmSync(path, { recursive: true, force: true });
  }
}

/** By another process that still runs. */
function isBeingBuilt(entry: string): boolean {
  const builder = Number(entry.split("-").at(-1));
  if (builder === process.pid) return false;
  try {
    return process.kill(builder, 0);
  } catch (error) {
    // It runs and belongs to another user.
    return (error as { code?: string }).code === "EPERM";
  }
}
