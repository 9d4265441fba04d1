import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { parseDicom } from "@mammo/io";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dicomDir } from "../../packages/pipeline/test/filmFile.ts";
import { run } from "./run.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-deidentify-"));
  await mkdir(join(folder, "in", "SURNAME"), { recursive: true });
  const device = { ...devices.deneb, rows: 288, columns: 192, mmPerPixel: 1 };
  for (const image of [1, 2]) {
    const picture = renderView({ seed: 3, woman: 77, exam: 1, image, laterality: "L", view: "CC", device, lesions: [] });
    await writeFile(join(folder, "in", "SURNAME", `SURNAME-${image}.dcm`), encodeDicom(picture));
  }
  await writeFile(join(folder, "in", "notes.txt"), "SURNAME came on Monday");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("writes a folder's files numbered and nameless, with a key that it makes once", async () => {
  const argv = [join(folder, "in"), join(folder, "out"), "--key", join(folder, "key")];
  const { status, stdout, stderr } = await run("deidentify", argv);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "left out: 1 [not-dicom]\n2 files written\n" });
  expect(`${stdout}${stderr}`).not.toContain("SURNAME");
  expect((await readdir(join(folder, "out"))).sort()).toEqual(["000001.dcm", "000002.dcm"]);
  expect((await stat(join(folder, "key"))).mode & 0o777).toBe(0o600);
  const first = await readFile(join(folder, "out", "000001.dcm"));
  expect((await parseDicom(first)).dataSet.elements.has(0x7fe0_0010)).toBe(true);
  expect(first.toString("latin1")).not.toMatch(/PHANTOM\^|PHANTOM-|SURNAME/);
  await run("deidentify", [...argv.slice(0, 1), join(folder, "again"), ...argv.slice(2)]);
  expect((await readFile(join(folder, "again", "000001.dcm"))).equals(first)).toBe(true);
});

it("leaves out a small file that would take gigabytes, and writes the others", async () => {
  await mkdir(join(folder, "bomb"));
  const good = await readFile(join(folder, "in", "SURNAME", "SURNAME-1.dcm"));
  await writeFile(join(folder, "bomb", "good.dcm"), good);
  // A deflated data set of one UID, called UN, that is 60 MiB of backslashes.
  const head = Buffer.alloc(132 + 8 + 24);
  head.write("DICM", 128);
  head.set([2, 0, 0x10, 0, 0x55, 0x49, 22, 0], 132);
  head.write("1.2.840.10008.1.2.1.99", 140);
  const element = Buffer.alloc(12 + (60 << 20), "\\");
  element.set([0x28, 0, 0x99, 0x11, 0x55, 0x4e, 0, 0]);
  element.writeUInt32LE(60 << 20, 8);
  await writeFile(join(folder, "bomb", "bomb.dcm"), Buffer.concat([head.subarray(0, 162), deflateRawSync(element)]));
  const { status, stdout } = await run("deidentify", [join(folder, "bomb"), join(folder, "nobomb"), "--key", join(folder, "key")]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "left out: 1 [limit-exceeded]\n1 files written\n" });
});

it("refuses a folder that holds files already, which it would mix with its own", async () => {
  await mkdir(join(folder, "full"));
  await writeFile(join(folder, "full", "000001.dcm"), "of another folder");
  const { status, stderr } = await run("deidentify", [join(folder, "in"), join(folder, "full"), "--key", join(folder, "key")]);
  expect(status).toBe(1);
  expect(stderr).toContain("[not-empty]");
  expect(await readdir(join(folder, "full"))).toEqual(["000001.dcm"]);
  expect(await readFile(join(folder, "full", "000001.dcm"), "utf8")).toBe("of another folder");
});

it("tells how it is used", async () => {
  const { status, stdout } = await run("deidentify", ["--help"]);
  expect(status).toBe(0);
  for (const word of ["usage: npm run deidentify", "--key", "--help"]) expect(stdout).toContain(word);
});

it("takes files, folders, a disc's directory and a list, and writes a map of what became of each", async () => {
  const at = (...names: string[]) => join(folder, ...names);
  await mkdir(at("disc"));
  await writeFile(at("disc", "ONE"), await readFile(at("in", "SURNAME", "SURNAME-1.dcm")));
  await writeFile(at("disc", "TWO"), await readFile(at("in", "SURNAME", "SURNAME-2.dcm")));
  await writeFile(at("disc", "DICOMDIR"), dicomDir("ONE", "GONE"));
  await writeFile(at("disc.txt"), `${at("in", "SURNAME", "SURNAME-2.dcm")}\n`);
  const more = ["--files-from", at("disc.txt"), "--key", at("key"), "--map", at("map.tsv")];
  const { status, stdout, stderr } = await run("deidentify", [at("disc", "DICOMDIR"), at("in", "notes.txt"), at("mapped"), ...more]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "left out: 1 [absent]\nleft out: 1 [not-dicom]\n2 files written\n" });
  expect(`${stdout}${stderr}`).not.toContain("SURNAME");
  const [heads, ...rows] = (await readFile(at("map.tsv"), "utf8")).replace(/\n$/, "").split("\n").map((row) => row.split("\t")); // biome-ignore format: one chain
  expect(heads).toEqual(["file", "studyInstanceUid", "number", "newStudyInstanceUid", "left out"]);
  expect(rows.map(([file, , number, , why]) => [file, number === "", why]).sort()).toEqual([
    [at("disc", "GONE"), true, "absent"],
    [at("disc", "ONE"), false, ""],
    [at("in", "SURNAME", "SURNAME-2.dcm"), false, ""],
    [at("in", "notes.txt"), true, "not-dicom"],
  ]);
  // One old study, one new one, and each number is a file that names it.
  const found = rows.filter(([, , number]) => number !== "");
  expect(new Set(found.map(([, study]) => study)).size).toBe(1);
  for (const [, study, number, newStudy] of found) {
    const clean = (await readFile(at("mapped", `${number}.dcm`))).toString("latin1");
    expect([clean.includes(newStudy!), clean.includes(study!)]).toEqual([true, false]);
  }
  expect((await stat(at("map.tsv"))).mode & 0o777).toBe(0o600);
});

it("refuses folders in each other, and a key among the files", async () => {
  const at = (...names: string[]) => join(folder, ...names);
  for (const argv of [
    [at("in"), at("in", "out"), "--key", at("key")],
    [at("in"), at("in"), "--key", at("key")],
    [at("in"), at("other"), "--key", at("other", "key")],
    [at("in"), at("other")],
  ])
    expect((await run("deidentify", argv)).status).toBe(2);
});
