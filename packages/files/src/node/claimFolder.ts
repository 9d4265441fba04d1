import { readdirSync, rmSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { FilesError } from "../filesError.ts";
import { isTemporaryName, writeFileAtomically } from "./atomicFile.ts";
import { isLockName, lockFolder } from "./lockFolder.ts";
import { readFileIfThere } from "./regularFile.ts";
import { atExit } from "./removeAtExit.ts";
import { walkFolder } from "./walkFolder.ts";

/** A new folder that is this process's alone. */
export interface ClaimedFolder {
  /** Says that all is written. */
  finish(): Promise<void>;
  /** Gives the folder back; without `finish` before, the same program may start over in it. */
  release(): Promise<void>;
}

/** Whose a folder is. */
export interface ClaimOptions {
  /** The program, in small letters: only what the same program left unfinished is taken away. */
  readonly program: string;
  /** Whether a path below the folder, with `/`, is of a file that the program writes. Only such files are ever removed. */
  readonly isOwn: (path: string) => boolean;
}

const markerName = ".unfinished";

/**
 * Takes a folder that must hold one run's files alone: it is made where it is not there, and may be empty, or hold what a run of the same program has left that was killed; that is removed, and nothing else.
 *
 * @throws FilesError `not-empty` for a folder with anything else in it, before anything is touched; `in-use` and `write-failed` as `lockFolder`.
 * @example
 * const claimed = await claimFolder("out", { program: "deidentify", isOwn: (path) => /^\d{6}\.dcm$/.test(path) });
 * try { await work(); await claimed.finish(); } finally { await claimed.release(); }
 */
export async function claimFolder(folder: string, { program, isOwn }: ClaimOptions): Promise<ClaimedFolder> {
  await requireUnused(folder, program).catch(async (error: unknown) => {
    await sweepLocks(folder);
    throw error;
  });
  const lock = await lockFolder(folder);
  const whole = resolve(folder);
  // What is left in it is the same program's to start over with; where there is nothing, nothing has to be said.
  const ended = atExit(() => {
    if (readdirSync(whole).every(isOurs)) rmSync(join(whole, markerName), { force: true });
  });
  try {
    // Somebody may have used it between the first look and the lock.
    await requireUnused(folder, program);
    const left: string[] = [];
    let others = 0;
    for await (const path of walkFolder(folder)) {
      if (isLeft(relative(folder, path).split(sep).join("/"), isOwn)) left.push(path);
      else if (!isOurs(basename(path))) others++;
    }
    if (others > 0) throw notEmpty(others);
    for (const path of left) await rm(path, { force: true });
    await writeFileAtomically(join(folder, markerName), program);
  } catch (error) {
    ended();
    await lock.release();
    throw error;
  }
  return {
    finish: () => rm(join(folder, markerName), { force: true }),
    async release() {
      ended();
      await lock.release();
    },
  };
}

/** The locks of dead processes: a run that was killed between its end and its release leaves one beside all that it wrote. */
async function sweepLocks(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (!names.some(isLockName)) return;
  await lockFolder(folder).then(
    (lock) => lock.release(),
    () => undefined, // somebody holds it
  );
}

const isOurs = (name: string): boolean => name === markerName || isTemporaryName(name, (target) => target === markerName) || isLockName(name);

function isLeft(path: string, isOwn: (path: string) => boolean): boolean {
  const [name, parent] = [basename(path), dirname(path)];
  return isOwn(path) || isTemporaryName(name, (target) => target === markerName || isOwn(parent === "." ? target : `${parent}/${target}`));
}

async function requireUnused(folder: string, program: string): Promise<void> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw new FilesError("unreadable", `Expected a folder to write to, but the disk answered ${cause.code}`, { cause });
  });
  const others = names.filter((name) => !isOurs(name));
  if (others.length === 0) return;
  const left = await readFileIfThere(join(folder, markerName), { maxBytes: 64 }).catch(() => undefined);
  const isUnfinished = left !== undefined && new TextDecoder().decode(left) === program;
  // A link among the files would be followed to somebody else's.
  const isPlain = isUnfinished && (await Promise.all(others.map((name) => isNoLink(join(folder, name))))).every(Boolean);
  if (!isPlain) throw notEmpty(others.length);
}

/** What another run has just removed is none either: the lock will tell of that run. */
const isNoLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (one) => one.isFile() || one.isDirectory(),
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return true;
      throw new FilesError("unreadable", `Expected a folder to write to, but the disk answered ${cause.code}`, { cause });
    },
  );

const notEmpty = (count: number) => new FilesError("not-empty", `Expected a new or empty folder to write to, got one with ${count} entries`);
