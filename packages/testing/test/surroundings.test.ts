import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandExists, dataFolder, golden } from "../src/index.ts";

describe("golden", () => {
  it("reads the file beside the test", () => {
    expect(golden<{ value: number }>("seven", import.meta.url).value).toBe(7);
    expect(() => golden("eight", import.meta.url)).toThrow(/eight\.json/);
  });
});

describe("dataFolder", () => {
  it("follows MAMMO_DATA and is undefined where that folder does not exist", () => {
    const folder = mkdtempSync(join(tmpdir(), "data-"));
    expect(dataFolder({ MAMMO_DATA: folder })).toBe(folder);
    rmSync(folder, { recursive: true });
    expect(dataFolder({ MAMMO_DATA: folder })).toBeUndefined();
  });
});

describe("commandExists", () => {
  it("finds executable files on the path, and only those", () => {
    const folder = mkdtempSync(join(tmpdir(), "bin-"));
    writeFileSync(join(folder, "tool"), "", { mode: 0o755 });
    writeFileSync(join(folder, "text"), "", { mode: 0o644 });
    expect(commandExists("tool", `/nowhere:${folder}`)).toBe(true);
    expect(commandExists("none", folder)).toBe(false);
    // root may read anything, but execute only what carries an execute bit.
    expect(commandExists("text", folder)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
