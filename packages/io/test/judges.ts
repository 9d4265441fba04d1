// Other tools' opinion of a file.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a tool on a file with these bytes. */
export function judge(tool: string, bytes: Uint8Array, argv: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "mammo-judge-"));
  try {
    const path = join(folder, "one.dcm");
    writeFileSync(path, bytes);
    const { status, stdout, stderr } = spawnSync(tool, [...argv, path], { encoding: "utf8", maxBuffer: 2 ** 26 });
    return { status, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** dciodvfy's errors and warnings, each once, and the information object that it took the file for. */
export function dciodvfy(bytes: Uint8Array): { readonly object: string; readonly complaints: readonly string[] } {
  const { stdout, stderr } = judge("dciodvfy", bytes);
  const lines = `${stderr}${stdout}`.split("\n").filter((line) => line !== "");
  const complaints = lines.filter((line) => /^(Error|Warning)/.test(line));
  return { object: lines.find((line) => !/^(Error|Warning)/.test(line)) ?? "", complaints: [...new Set(complaints)] };
}
