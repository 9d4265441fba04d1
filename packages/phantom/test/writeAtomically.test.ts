import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeAtomically } from "../src/cohort/writeAtomically.ts";

it("leaves the whole file or nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "phantom-"));
  try {
    await writeAtomically(join(folder, "a.tsv"), "first");
    await writeAtomically(join(folder, "a.tsv"), "second");
    expect(readFileSync(join(folder, "a.tsv"), "utf8")).toBe("second");
    // A folder in the way makes the last step fail.
    mkdirSync(join(folder, "b.tsv"));
    await expect(writeAtomically(join(folder, "b.tsv"), "never")).rejects.toThrow(/EISDIR|EEXIST|EPERM/);
    expect(readdirSync(folder).sort()).toEqual(["a.tsv", "b.tsv"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
