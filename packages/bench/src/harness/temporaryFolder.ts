import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "@mammo/files/node";

/** A new folder below the system's own for temporary files, gone at the latest when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mammo-bench-"));
  removeAtExit(folder);
  return folder;
}
