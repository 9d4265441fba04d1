import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { expect, it } from "vitest";
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
