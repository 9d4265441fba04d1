import { execFileSync } from "node:child_process";

/** Mounts a file system of one MiB, where this process may; false where it may not. The caller unmounts. */
export function mountSmall(path: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
