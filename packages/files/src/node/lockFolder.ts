import { readFileSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { FilesError } from "../filesError.ts";
import { isTemporaryName } from "./atomicFile.ts";
import { createFile } from "./createFile.ts";
import { readRegularFile } from "./regularFile.ts";
import { atExit } from "./removeAtExit.ts";

/** A folder that is this process's to write. */
export interface FolderLock {
  /** Gives the folder back; nothing is left in it. */
  release(): Promise<void>;
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, as the system counts: a later process of the same number is another one. Absent where the system does not say. */
  readonly started?: string | undefined;
}

/**
 * Makes a folder, where it is not there, readable by its owner only, and takes it for this process; a lock that a dead process of this machine left is taken over.
 *
 * Locks are files `.lock-N`: a process takes the folder by creating the number above the highest, which only one can. It then looks again: where there is a
 * higher number, or a lower one that somebody alive holds, others have passed it meanwhile, and it gives up. Of two that pass each other, one sees the other.
 *
 * @throws FilesError `in-use` where another process holds the folder, or one on another machine may; `write-failed` where the disk refuses.
 * @example
 * const lock = await lockFolder("runs/7");
 * try { await work(); } finally { await lock.release(); }
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const highest = (await locksIn(folder)).at(-1) ?? 0;
    if (highest > 0) await requireFree(join(folder, lockName(highest)));
    // Nobody takes the folder so often: the next name would be no lock's.
    if (highest >= mostLocks)
      throw new FilesError(
        "in-use",
        `Expected locks that count from 1, got one at their end; if no run writes the folder, remove the .lock files in it`,
      );
    const own = join(folder, lockName(highest + 1));
    const text = JSON.stringify(await thisProcess());
    const whole = resolve(own);
    // From before it is there: what another process made is not ours to take away.
    const finished = atExit(() => {
      if (readFileSync(whole, "utf8") === text) rmSync(whole);
    });
    if (!(await createFile(own, text))) {
      finished();
      throw takenMeanwhile();
    }
    const release = async (): Promise<void> => {
      await rm(own, { force: true });
      finished();
    };
    try {
      await sweepOthers(folder, highest + 1);
    } catch (error) {
      await release();
      throw error;
    }
    return { release };
  } catch (cause) {
    if (cause instanceof FilesError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new FilesError("write-failed", `Expected a folder that can be written, but the disk answered ${code}`, { cause });
  }
}

/** Is the name that of a lock, or of one that a killed process has not finished? */
export const isLockName = (name: string): boolean => lockPattern.test(name) || isTemporaryName(name, (target) => lockPattern.test(target));

/** Removes what dead holders have left, where nobody else holds. */
async function sweepOthers(folder: string, own: number): Promise<void> {
  const others = (await locksIn(folder)).filter((number) => number !== own);
  if (others.some((number) => number > own)) throw takenMeanwhile();
  for (const lower of others) await requireFree(join(folder, lockName(lower)));
  for (const lower of others) await rm(join(folder, lockName(lower)), { force: true });
}

const lockPattern = /^\.lock-(\d{1,15})$/;
const mostLocks = 999_999_999_999_999;
const takenMeanwhile = () => new FilesError("in-use", "Expected a folder that no other run writes, got one that another run has just taken");

const lockName = (number: number) => `.lock-${number}`;

async function locksIn(folder: string): Promise<number[]> {
  const numbers = (await readdir(folder)).map((name) => lockPattern.exec(name)?.[1]);
  return numbers
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

async function requireFree(path: string): Promise<void> {
  const text = await lockText(path);
  if (text === "") return;
  const holder = parseHolder(text);
  if (holder && holder.host === hostname() && !(await isRunning(holder))) return;
  const who = holder ? `process ${holder.pid} on ${holder.host === hostname() ? "this machine" : "another machine"}` : "an unknown process";
  throw new FilesError(
    "in-use",
    `Expected a folder that no other run writes, got one that ${who} writes; if it is gone, remove the file .lock-N in it`,
  );
}

/** Empty where it was removed just now: to create the next number will tell. A lock is a line; what is longer, or no file, is nobody's to take over. */
async function lockText(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readRegularFile(path, { maxBytes: 4096 }));
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return "";
    return "?";
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { host, pid, started } = JSON.parse(text);
    return typeof host === "string" && Number.isSafeInteger(pid) && pid > 0 ? { host, pid, started } : undefined;
  } catch {
    return undefined;
  }
}

const thisProcess = async (): Promise<Holder> => ({ host: hostname(), pid: process.pid, started: await startOf(process.pid) });

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user is one all the same.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** Linux: field 22 of /proc/PID/stat, in ticks since the machine started. The name in field 2 may hold anything, a bracket too. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
