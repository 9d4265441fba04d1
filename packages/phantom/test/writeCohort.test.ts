import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Device, devices, planCohort } from "@mammo/phantom";
import { fileNameOf, type WriteCohortOptions, writeCohort } from "@mammo/phantom/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { coarse } from "./tiny.ts";

const small = {
  women: 4,
  seed: 5,
  cancerShare: 0.5,
  priorShare: 0.5,
  devices: Object.fromEntries(Object.entries<Device>(devices).map(([name, device]) => [name, coarse(device, 2)])),
} satisfies Partial<WriteCohortOptions>;

let folder = "";
let programs = "";
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), "phantom-program-"));
  folder = mkdtempSync(join(tmpdir(), "phantom-"));
});
afterEach(() => {
  for (const made of [folder, programs]) rmSync(made, { recursive: true, force: true });
});

async function written(options: Partial<WriteCohortOptions> = {}) {
  const writing = writeCohort({ folder, ...small, ...options });
  const progress: string[] = [];
  for (;;) {
    const { done, value } = await writing.next();
    if (done) return { progress, summary: value };
    progress.push(`${value.done}/${value.total}`);
  }
}

const table = (name: string) =>
  readFileSync(join(folder, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));

const files = () =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

const fingerprint = () => {
  const hash = createHash("sha256");
  for (const name of files()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
};

/** `node` with the loader that runs the sources, for programs that start others. */
const nodeArguments = (program: string) => {
  const path = join(programs, "program.mjs");
  writeFileSync(path, program);
  const tsx = createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx");
  return ["--conditions=@mammo/source", "--import", pathToFileURL(tsx).href, path];
};

const program = (workers: number, women: number) => `
  import { writeCohort } from ${JSON.stringify(new URL("../src/node.ts", import.meta.url).href)};
  for await (const { done } of writeCohort({ ...${JSON.stringify({ ...small, women })}, folder: ${JSON.stringify(folder)}, workers: ${workers} })) process.stdout.write(done + "\\n");
`;

describe("writeCohort", () => {
  it("writes the challenge's tables and a file for each row", async () => {
    const exams = planCohort(small);
    const { progress, summary } = await written();
    expect(progress.at(-1)).toBe(`${exams.length}/${exams.length}`);
    const images = exams.flatMap((exam) => exam.images);
    expect(summary).toEqual({ folder, women: 4, exams: exams.length, images: images.length });

    const [head, ...rows] = table("images_crosswalk.tsv");
    expect(head).toEqual(["subjectId", "examIndex", "imageIndex", "view", "laterality", "filename", "cancer"]);
    expect(rows.map(([woman, exam, image, view, side, filename]) => [woman, exam, image, view, side, filename])).toEqual(
      images.map((spec) => [`${spec.woman}`, `${spec.exam}`, `${spec.image}`, spec.view, spec.laterality, fileNameOf(spec)]),
    );
    expect(rows.map(([, , , , , filename]) => filename).sort()).toEqual(readdirSync(join(folder, "images")).sort());

    const [columns, ...meta] = table("exams_metadata.tsv");
    expect(columns).toEqual(
      "subjectId examIndex daysSincePreviousExam cancerL cancerR invL invR age implantEver implantNow bcHistory yearsSincePreviousBc previousBcLaterality reduxHistory reduxLaterality hrt antiestrogen firstDegreeWithBc firstDegreeWithBc50 bmi race".split(
        " ",
      ),
    );
    expect(meta.map((row) => [row[0], row[1], row[3], row[4]])).toEqual(
      exams.map(({ woman, exam, cancer }) => [`${woman}`, `${exam}`, `${cancer.L ?? "."}`, `${cancer.R ?? "."}`]),
    );
    expect(meta.every((row) => row.length === columns!.length)).toBe(true);

    const [annotated, ...lesions] = table("annotations.tsv");
    expect(annotated).toEqual(["filename", "kind", "malignant", "top", "left", "bottom", "right"]);
    expect(lesions.length).toBe(images.reduce((sum, { lesions }) => sum + lesions.length, 0));
    expect(lesions.length).toBeGreaterThan(0);
    for (const [, , , top, left, bottom, right] of lesions) {
      expect(Number(bottom)).toBeGreaterThan(Number(top));
      expect(Number(right)).toBeGreaterThan(Number(left));
    }
  });

  it("names files without identity or order", async () => {
    await written();
    expect(readdirSync(join(folder, "images")).every((name) => /^[0-9a-f]{16}\.dcm$/.test(name))).toBe(true);
    const names = planCohort({ women: 50 }).flatMap(({ images }) => images.map(fileNameOf));
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toEqual([...names].sort());
    // The names of the first cohorts: a name that moved would render them anew.
    const [first] = planCohort({ women: 50 });
    expect(first!.images[0]!.lesions).not.toEqual([]);
    expect(names[0]).toBe("0f12086adffddc85.dcm");
  });

  it("keeps what is there and whole, and makes what is missing", async () => {
    await written();
    const before = fingerprint();
    const [first, second] = readdirSync(join(folder, "images")).map((name) => join(folder, "images", name)) as [string, string];
    const { mtimeMs } = statSync(first);
    rmSync(second);
    rmSync(join(folder, "annotations.tsv"));
    await written();
    expect(fingerprint()).toBe(before);
    expect(statSync(first).mtimeMs).toBe(mtimeMs);
  });

  it("gives the same bytes by two processes as by one", async () => {
    const { status, stderr } = spawnSync(process.execPath, nodeArguments(program(2, 4)), { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const byTwo = fingerprint();
    rmSync(folder, { recursive: true });
    await written();
    expect(fingerprint()).toBe(byTwo);
  });

  it("goes on after it was killed", async () => {
    const women = 16;
    const child = spawn(process.execPath, nodeArguments(program(0, women)), { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(files().filter((name) => name.endsWith(".tsv"))).toEqual([]);
    await written({ women });
    const resumed = fingerprint();
    rmSync(folder, { recursive: true });
    await written({ women });
    expect(fingerprint()).toBe(resumed);
  });

  it("says what was wrong", async () => {
    await expect(written({ workers: -1 })).rejects.toThrow("Expected workers to be a whole number from 0 on, got -1");
    writeFileSync(join(folder, "taken"), "");
    await expect(written({ folder: join(folder, "taken") })).rejects.toThrow(/EEXIST|ENOTDIR/);
    await written({ women: 1 });
    const [name] = readdirSync(join(folder, "images")) as [string];
    rmSync(join(folder, "images"), { recursive: true });
    writeFileSync(join(folder, "images"), "");
    await expect(written({ women: 1 })).rejects.toThrow(/EEXIST/);
    expect(name).toMatch(/dcm$/);
  });
});
