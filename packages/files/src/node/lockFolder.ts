import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { FilesError } from "../filesError.ts";

/** A folder that is this process's to write. */
export interface FolderLock {
  /** Gives the folder back. What is left is an empty file, whose number the next lock counts on. */
  release(): Promise<void>;
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, as the system counts: a later process of the same number is another one. Absent where the system does not say. */
  readonly started?: string | undefined;
}

/**
 * Makes a folder, where it is not there, and takes it for this process; a lock that a dead process of this machine left is taken over.
 *
 * Locks are files `.lock-N`: the highest N holds, and a process takes the folder by creating N + 1, which only one can. A slow contender that creates a
 * number which others have passed meanwhile sees the higher one and gives up.
 *
 * @throws FilesError `in-use` where another process holds the folder, or one on another machine may; `write-failed` where the disk refuses.
 * @example
 * const lock = await lockFolder("runs/7");
 * try { await work(); } finally { await lock.release(); }
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true });
    const locks = await locksIn(folder);
    const highest = locks.at(-1);
    if (highest) await requireFree(join(folder, lockName(highest)));
    const own = join(folder, lockName((highest ?? 0) + 1));
    await createExclusively(own, JSON.stringify(await thisProcess()));
    if ((await locksIn(folder)).some((number) => number > (highest ?? 0) + 1)) {
      await rm(own, { force: true });
      throw takenMeanwhile();
    }
    for (const lower of locks) await rm(join(folder, lockName(lower)), { force: true });
    return { release: () => writeFile(own, "") };
  } catch (cause) {
    if (cause instanceof FilesError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") throw takenMeanwhile();
    throw new FilesError("write-failed", `Expected a folder that can be written, but the disk answered ${code}`, { cause });
  }
}

const takenMeanwhile = () => new FilesError("in-use", "Expected a folder that no other run writes, got one that another run has just taken");

const lockName = (number: number) => `.lock-${number}`;

async function locksIn(folder: string): Promise<number[]> {
  const numbers = (await readdir(folder)).map((name) => /^\.lock-(\d{1,15})$/.exec(name)?.[1]);
  return numbers
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** With its content from the first moment, by a link, which fails where the name is taken. */
async function createExclusively(path: string, content: string): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    await writeFile(aside, content, { flag: "wx" });
    await link(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    await writeFile(path, content, { flag: "wx" }); // a file system without links
  } finally {
    await rm(aside, { force: true });
  }
}

async function requireFree(path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return ""; // replaced just now: to create the next number will tell
    throw error;
  });
  if (text === "") return;
  const holder = parseHolder(text);
  if (holder && holder.host === hostname() && !(await isRunning(holder))) return;
  const who = holder ? `process ${holder.pid} on ${holder.host === hostname() ? "this machine" : "another machine"}` : "an unknown process";
  throw new FilesError(
    "in-use",
    `Expected a folder that no other run writes, got one that ${who} writes; if it is gone, remove the file .lock-N in it`,
  );
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
