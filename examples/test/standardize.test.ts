import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMammogram } from "@mammo/io";
import { type Device, devices, encodeDicom, renderView, stream } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { drift } from "../standardize/drift.ts";
import { criticalBandwidth, modeCount } from "../standardize/kernelModes.ts";
import { type Measurement, measure } from "../standardize/measure.ts";
import { outline } from "../standardize/outline.ts";
import { reportPage } from "../standardize/report.ts";
import { twoModes } from "../standardize/twoModes.ts";
import { run } from "./run.ts";

// A detector of 300 x 200 mm and one of 300 x 300 mm: the full matrices of 3600 x 2400 and 3600 x 3600 pixels, coarser.
const coarse = (device: Device): Device => ({
  ...device,
  rows: Math.round(device.rows * device.mmPerPixel),
  columns: Math.round(device.columns * device.mmPerPixel),
  mmPerPixel: 1,
});
const pair = [coarse(devices.aldebaranFull), coarse(devices.bellatrixFull)] as const;
const bytesOf = (woman: number, device: Device): Uint8Array =>
  encodeDicom(renderView({ seed: 11, woman, exam: 1, image: 1, laterality: "L", view: "CC", device, lesions: [] }));

async function measurements(): Promise<readonly Measurement[]> {
  const found: Measurement[] = [];
  for (let woman = 1; woman <= 20; woman++)
    for (const device of pair) {
      const { header, image } = await readMammogram(bytesOf(woman, device));
      found.push(measure(header, image));
    }
  return found;
}

describe("drift between devices", () => {
  it("has two modes when 3600 x 2400 and 3600 x 3600 pixels are stretched to one size, and one when they are standardized", async () => {
    const found = await measurements();
    const { view, ours, stretched } = drift(found);
    expect(view).toBe("CC");
    expect(stretched.isTwo).toBe(true);
    expect(stretched.p).toBeLessThanOrEqual(0.02);
    expect(stretched.separation).toBeGreaterThan(3);
    expect(stretched.bells[1].mean / stretched.bells[0].mean).toBeCloseTo(1.5, 1);
    expect(ours.isTwo).toBe(false);
    expect(ours.p).toBeGreaterThan(0.2);
    const html = reportPage(found, [{ number: 7, code: "truncated" }]);
    for (const words of ["stretched to the same size", "compressed thickness", "tube voltage", "truncated", "<svg"]) expect(html).toContain(words);
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it("tells one bell from two", () => {
    const dice = stream(3, "bells");
    const bell = (mean: number, count = 60): number[] => Array.from({ length: count }, () => mean + dice.normal());
    expect(twoModes(bell(0)).isTwo).toBe(false);
    expect(twoModes([...bell(0), ...bell(5)]).p).toBeLessThanOrEqual(0.02);
    expect(twoModes([...bell(0, 2000), ...bell(5, 3000)]).isTwo).toBe(true);
    expect(twoModes([...bell(0), ...bell(5)]).separation).toBeCloseTo(5, 0);
    // Neither flat values nor heavy tails have a second mode, though two Gaussians fit them better than one.
    expect(twoModes(Array.from({ length: 400 }, () => dice.between(0, 1))).isTwo).toBe(false);
    expect(twoModes(bell(0).map((value) => Math.sign(value) * Math.abs(value) ** 1.5)).isTwo).toBe(false);
    expect(twoModes([1, 1, 1])).toMatchObject({ isTold: false, isTwo: false, p: 1 });
    expect(twoModes(new Array<number>(20).fill(2))).toMatchObject({ isTold: true, isTwo: false, p: 1 });
  });

  it("rarely finds two modes in draws from one", () => {
    const dice = stream(5, "null");
    const rejected = Array.from({ length: 12 }, (_, at) =>
      twoModes(
        Array.from({ length: 48 }, () => dice.normal()),
        at + 1,
      ),
    ).filter(({ isTwo }) => isTwo);
    expect(rejected.length).toBeLessThanOrEqual(1);
  });
});

describe("kernel smoothing", () => {
  it("counts modes, fewer the smoother", () => {
    const values = [0, 0.1, 0.2, 3, 3.1, 3.2, 9.9, 10];
    expect([0.3, 1.8, 6].map((bandwidth) => modeCount(values, bandwidth))).toEqual([3, 2, 1]);
    // Two equal points at distance d have one mode from a deviation of d / 2 on.
    expect(criticalBandwidth([0, 4])).toBeCloseTo(2, 1);
  });
});

describe("the contact sheet", () => {
  it("draws a mask's edges as runs", () => {
    // A square of 2 x 2 in 4 x 4.
    const mask = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0);
    expect(outline(mask, { rows: 4, columns: 4, step: 1 })).toBe("M1 1H3M1 3H3M1 1V3M3 1V3");
    expect(outline(new Uint8Array(16), { rows: 4, columns: 4, step: 1 })).toBe("");
    expect(outline(new Uint8Array(16).fill(1), { rows: 4, columns: 4, step: 2 })).toBe("M0 0H2M0 2H2M0 0V2M2 0V2");
  });

  it("is written with the report and the lists by the program; names of files stay out of the pages", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mammo-standardize-"));
    try {
      await writeFile(join(folder, "DOE^JANE 1.dcm"), bytesOf(1, pair[0]));
      await writeFile(join(folder, "DOE^JANE 2.dcm"), bytesOf(2, pair[1]));
      await writeFile(join(folder, "DOE^JANE 3.dcm"), bytesOf(3, pair[1]).subarray(0, 4000));
      await mkdir(join(folder, "DOE^JANE\t4\n.dcm"));
      const out = join(folder, "out");
      const { stdout } = await run("standardize", [folder, "--report", "--sheet", "--out", out, "--mm-per-pixel", "1"]);
      expect(stdout).toContain("2 of 4 standardized");
      expect(stdout).toContain("too few images to tell");
      expect((await readdir(out)).sort()).toEqual(["manifest.tsv", "not-read.tsv", "pictures", "report.html", "sheet-1.html"]);
      expect(await readdir(join(out, "pictures"))).toEqual(["000002.png", "000003.png"]);
      expect(await readFile(join(out, "not-read.tsv"), "utf8")).toMatch(
        /^number\tfile\tcode\treason\n1\tDOE\^JANE\\t4\\n.dcm\tunreadable\t[^\t\n]+\n4\tDOE\^JANE 3.dcm\t[a-z-]+\t[^\t\n]+\n$/,
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
});
