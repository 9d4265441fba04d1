import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";

/** Whether a path, links resolved, is another one or lies below it; neither needs to be there. */
export async function isWithin(inner: string, outer: string): Promise<boolean> {
  const way = relative(await real(outer), await real(inner));
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Where a path leads, as far as it is there. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await real(dirname(path)), basename(path));
  }
}
