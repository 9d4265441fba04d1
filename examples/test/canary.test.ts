import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sha256 } from "@mammo/files/node";
import { parseDicom } from "@mammo/io";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canaryFile, expectNoCanary } from "../../packages/pipeline/test/canaryFile.ts";
import { type Ended, run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-canary-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the programs, given a file whose every text is a canary", () => {
  const [good, broken, input] = ["CANARY^ONE.dcm", "CANARY^TWO.dcm", "input"];
  const at = (...names: readonly string[]): string => join(folder, ...names);

  beforeAll(async () => {
    await writeFile(at(good!), await canaryFile("CC"));
    await writeFile(at(broken!), await canaryFile("CC", [0x00200062]));
    await writeFile(
      at("EXPECTED_PIXELS.tsv"),
      `path\ttransfer_syntax\toracle\tsha256_le_pixels\n${input}.dcm\t1.2.840.10008.1.2.1\tboth-agree\t00\n`,
    );
    await writeFile(at(`${input}.dcm`), await canaryFile("CC", [0x00280004, 0x00280008]));
  });

  const expectSilent = ({ stdout, stderr }: Ended, where: string): void => expectNoCanary(stdout + stderr, where);
  /** Names and contents of what a program wrote; `but` are local keys from numbers to the user's own files. */
  async function expectNoneIn(directory: string, but: readonly string[] = []): Promise<void> {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      expectNoCanary(entry.name, "a file's name");
      if (entry.isFile() && !but.includes(entry.name))
        expectNoCanary((await readFile(join(entry.parentPath, entry.name))).toString("latin1"), entry.name);
    }
  }

  it("standardize and its report hold none", { timeout: 60_000 }, async () => {
    const ended = await run("standardize", [folder, "--report", "--out", at("out")]);
    expect(ended.stdout).toContain("standardized");
    expectSilent(ended, "standardize");
    await expectNoneIn(at("out"), ["manifest.tsv", "not-read.tsv"]);
  });

  it("score holds none in its JSON, its page and its errors", { timeout: 60_000 }, async () => {
    await saveUntrained(at("bundle"), { slope: 1, intercept: 0, width: 0.125 });
    const ended = await run("score", [at(good!), "--weights", at("bundle"), "--html", at("page", "scores.html"), "--out", at("page", "scores.json")]);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expectSilent(ended, "score");
    await expectNoneIn(at("page"));
    const refused = await run("score", [at(broken!), "--weights", at("bundle")]);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/File [0-9a-f]{16} \(SHA-256\): Expected Image Laterality/);
    expectSilent(refused, "score, refused");
  });

  it("score goes on past files that cannot be read, names them by content, and by name only in left-out.tsv", { timeout: 180_000 }, async () => {
    const directory = at("mixed");
    await mkdir(directory);
    const whole = await canaryFile("CC");
    // Instances of their own: the same one again would be left out as a repetition.
    const instance = (bytes: Uint8Array, digit: number) =>
      Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("2.25.777777777777777777", `2.25.77777777777777777${digit}`), "latin1");
    await writeFile(join(directory, good!), whole);
    await writeFile(join(directory, broken!), instance(await canaryFile("CC", [0x00200062]), 8));
    // Another exam, whose header is good and whose pixels are fewer than it says.
    const pixels = instance(await canaryFile("MLO"), 9);
    const rows = (await parseDicom(pixels)).dataSet.elements.get(0x00280010)!;
    pixels.writeUInt16LE(pixels.readUInt16LE(rows.offset) + 10, rows.offset);
    await writeFile(join(directory, "CANARY^THREE.dcm"), pixels);
    const out = at("mixed out");
    const ended = await run("score", [
      directory,
      ...["--weights", at("bundle"), "--out", join(out, "scores.json"), "--html", join(out, "scores.html"), "--dicom", join(out, "dicom")],
    ]);
    expect(ended.status, ended.stderr).toBe(1);
    expect(ended.stderr).toMatch(/not read: \[[\w-]+\] File [0-9a-f]{16} \(SHA-256\): Expected Image Laterality/);
    expect(ended.stderr).toMatch(/not read: \[pixels-mismatch\] File [0-9a-f]{16} \(SHA-256\): /);
    expect(ended.stderr.trim().split("\n").at(-1)).toMatch(/^error \[unreadable\]: Expected to read all files, got 2 that cannot be read/);
    expectSilent(ended, "score, going on");
    const { exams, unreadable } = JSON.parse(await readFile(join(out, "scores.json"), "utf8"));
    expect([exams.length, unreadable.map(({ file }: { file: string }) => file).sort()]).toEqual([
      1,
      [sha256(await readFile(join(directory, broken!))), sha256(pixels)].sort(),
    ]);
    expect(exams[0].images).toHaveLength(1);
    expect(await readFile(join(out, "scores.html"), "utf8")).toContain("Not read");
    expect((await readdir(join(out, "dicom"))).sort()).toEqual(["exam-1"]);
    const names = await readFile(join(out, "scores.left-out.tsv"), "utf8");
    for (const name of [broken!, "CANARY^THREE.dcm"]) expect(names).toContain(name);
    await rm(join(out, "dicom"), { recursive: true }); // It repeats patient and study, as an archive files by them.
    await expectNoneIn(out, ["scores.left-out.tsv"]);
  });

  it("score leaves no DICOM files where it ends early", { timeout: 120_000 }, async () => {
    const level = at("level");
    await cp(at("bundle"), level, { recursive: true });
    const bundle = JSON.parse(await readFile(join(level, "bundle.json"), "utf8"));
    await writeFile(join(level, "bundle.json"), JSON.stringify({ ...bundle, calibrator: { kind: "platt", slope: 0, intercept: -2 } }));
    const ended = await run("score", [at(good!), "--weights", level, "--dicom", at("none"), "--out", at("none.json")]);
    expect([ended.status, ended.stderr]).toEqual([
      1,
      expect.stringContaining("error [uncalibrated]: Expected a bundle whose scores tell exams apart"),
    ]);
    expect(await readdir(at("none"))).toEqual([]);
    await expect(readFile(at("none.json"))).rejects.toThrow("ENOENT");
  });

  it("conformance holds none", async () => {
    const ended = await run("../packages/checks/src/conformance.ts", ["--data", folder, "--verbose"]);
    expect(ended.stdout).toContain("bar conformance");
    expectSilent(ended, "conformance");
  });

  describe("whose names and cells are canaries, in whatever state", () => {
    const table = (name: string, text: string): [string, string] => [`CANARY-${name}.csv`, text];
    const tables = [
      table("nohead", "CANARY,0.7,1\nCANARY-2,0.1,0\n"),
      table("short", "subjectId,confidence,cancer\nCANARY,0.5\n"),
      table("quotes", 'subjectId,confidence,cancer\n"CANARY,0.5,1\n'),
      table("cell", "subjectId,confidence,cancer\nCANARY,18770707 CANARY,1\nb,0.1,0\n"),
      table("twice", "CANARY,CANARY\n1,2\n"),
      table("escapes", "subjectId,confidence,cancer,\x1b[31mCANARY\n1,0.5,1,x\n2,0.1,0,y\n"),
    ] as const;
    const states = ["CANARY-missing.dcm", "CANARY-folder.dcm", "CANARY-text.dcm", "CANARY-pipe.dcm", "CANARY-bundle"];

    beforeAll(async () => {
      await mkdir(at("names", "CANARY-folder.dcm"), { recursive: true });
      await mkdir(at("names", "CANARY-bundle"));
      await writeFile(at("names", "CANARY-bundle", "bundle.json"), "CANARY is no JSON");
      await writeFile(at("names", "CANARY-text.dcm"), "CANARY");
      await promisify(execFile)("mkfifo", [at("names", "CANARY-pipe.dcm")]);
      for (const [name, text] of tables) await writeFile(at("names", name), text);
    });

    it("evaluate tells none of them", { timeout: 240_000 }, async () => {
      for (const [name] of [...tables, ["CANARY-none.csv"], ["CANARY-folder.dcm"], ["CANARY-pipe.dcm"]] as const) {
        const ended = await run("evaluate", [at("names", name), "--groups", "CANARY-no-such-column"]);
        expect(ended.status, name).not.toBe(0);
        expectSilent({ ...ended, stderr: ended.stderr.replaceAll("CANARY-no-such-column", "") }, name);
        expect(ended.stderr.trim().split("\n"), name).toHaveLength(1);
      }
    });

    it("score, score-exam, deidentify, standardize, shard, dream and site tell none of them", { timeout: 600_000 }, async () => {
      for (const [s, state] of states.entries()) {
        const path = at("names", state);
        const calls = [
          ["score", path, "--weights", at("bundle")],
          ["score", at(good!), "--weights", path],
          ["score-exam", path],
          ["deidentify", path, at("never"), "--key", at("names", "CANARY-text.dcm")],
          ["standardize", path, "--out", at("never")],
          ["shard", path, "--cohort", "table", "--out", at("never")],
          ["dream", "--cohort", "dream", "--data", path, "--out", at("never-dream")],
          ["dream", "--cohort", path],
          ["score", path, "--CANARY", path],
          ["site", path, path, "--thresholds", "0"],
        ] as const;
        for (const [c, [name, ...argv]] of calls.entries()) {
          // Each call meets one state, each state some two calls; all of them with MAMMO_LONG=1.
          if (process.env["MAMMO_LONG"] !== "1" && (c + s) % 5 > 0) continue;
          const ended = await run(name, argv);
          expect(ended.status, `${name} ${state}`).not.toBe(0);
          expectSilent(ended, `${name} ${state}`);
          expect(
            ended.stderr
              .trim()
              .split("\n")
              .filter((line) => line.startsWith("error")),
            `${name} ${state}`,
          ).toHaveLength(1);
        }
      }
    });
  });
});
