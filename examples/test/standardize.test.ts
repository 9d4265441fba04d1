import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { expect, it } from "vitest";
import { filmFile } from "../../packages/pipeline/test/filmFile.ts";
import { run } from "./run.ts";

/** A detector of 300 x 200 mm or 300 x 300 mm, at 1 mm a pixel. */
function bytesOf(woman: number, device: Device): Uint8Array {
  const [rows, columns] = [Math.round(device.rows * device.mmPerPixel), Math.round(device.columns * device.mmPerPixel)];
  const coarse = { ...device, rows, columns, mmPerPixel: 1 };
  return encodeDicom(renderView({ seed: 11, woman, exam: 1, image: 1, laterality: "L", view: "CC", device: coarse, lesions: [] }));
}

it("npm run standardize writes the lists, the report and the contact sheet; names of files stay out of the pages", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mammo-standardize-"));
  try {
    await writeFile(join(folder, "DOE^JANE 1.dcm"), bytesOf(1, devices.aldebaranFull));
    // As discs have it, known by its bytes; a list of the disc and a text are none.
    await writeFile(join(folder, "DOE^JANE 2"), bytesOf(2, devices.bellatrixFull));
    await writeFile(join(folder, "DICOMDIR"), bytesOf(2, devices.bellatrixFull).subarray(0, 400));
    await writeFile(join(folder, "notes.txt"), "a text of more than one hundred and thirty-two bytes, ".repeat(4));
    await writeFile(join(folder, "DOE^JANE 3.dcm"), bytesOf(3, devices.bellatrixFull).subarray(0, 4000));
    await writeFile(join(folder, "DOE^JANE\t4\n.dcm"), "no DICOM");
    await mkdir(join(folder, "DOE^JANE 5.dcm"));
    const out = join(folder, "out");
    const { stdout } = await run("standardize", [folder, "--report", "--sheet", "--out", out, "--mm-per-pixel", "1"]);
    expect(stdout).toContain("2 of 4 standardized");
    expect(stdout).toContain("too few images to tell");
    expect((await readdir(out)).sort()).toEqual(["manifest.tsv", "not-read.tsv", "pictures", "report.html", "sheet-1.html"]);
    expect(await readdir(join(out, "pictures"))).toEqual(["000002.png", "000003.png"]);
    expect(await readFile(join(out, "not-read.tsv"), "utf8")).toMatch(
      /^number\tfile\tcode\treason\n1\tDOE\^JANE\\t4\\n.dcm\tnot-dicom\t[^\t\n]+\n4\tDOE\^JANE 3.dcm\t[a-z-]+\t[^\t\n]+\n$/,
    );
    for (const name of ["report.html", "sheet-1.html"]) {
      const html = await readFile(join(out, name), "utf8");
      expect(html).toContain("data:image/png;base64,");
      expect(html).not.toContain("DOE");
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("npm run standardize takes files and lists alike, films by a table or a profile, and says which option would read the others", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mammo-standardize-"));
  const at = (...names: string[]) => join(folder, ...names);
  try {
    await mkdir(at("films"));
    const views = [["LEFT", "CC"], ["RIGHT", "MLO"]] as const; // biome-ignore format: one row
    for (const [index, [side, view]] of views.entries()) {
      const film = { laterality: side[0] as "L" | "R", view, instance: index + 1, patientId: `Mass-Test_P_00042_${side}_${view}` };
      await writeFile(at("films", `DOE^JANE ${index}.dcm`), filmFile(film));
      await writeFile(at("films", `mask ${index}.dcm`), filmFile({ ...film, instance: index + 11, patientId: `${film.patientId}_1` }));
    }
    const coarse = ["--mm-per-pixel", "1", "--no-pictures"];
    const plain = await run("standardize", [at("films"), "--out", at("plain"), ...coarse]);
    expect([plain.status, plain.stdout.match(/; read by --profile cbis-ddsm/g)?.length]).toEqual([1, 2]);
    const byProfile = await run("standardize", [
      at("films"),
      "--out",
      at("profile"),
      "--profile",
      "cbis-ddsm",
      "--source-mm-per-pixel",
      "1.5",
      ...coarse,
    ]);
    expect(byProfile.stdout).toContain("2 of 4 standardized");
    expect(byProfile.stdout.match(/a crop or a mask of a film/g)).toHaveLength(2);
    await writeFile(at("views.csv"), 'file,laterality,view,mm_per_pixel\n"films/DOE^JANE 0.dcm",L,CC,1.5\n"films/DOE^JANE 1.dcm",R,MLO,1.5\n');
    await writeFile(at("list.txt"), `${at("films", "DOE^JANE 1.dcm")}\n`);
    const argv = [at("films", "DOE^JANE 0.dcm"), "--files-from", at("list.txt"), "--views", at("views.csv"), "--out", at("table")];
    const byTable = await run("standardize", [...argv, ...coarse]);
    expect([byTable.status, byTable.stdout]).toEqual([0, expect.stringContaining("2 of 2 standardized")]);
    expect(byTable.stdout + plain.stdout).not.toContain("DOE");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
