import { readMammogram } from "@mammo/io";
import { keyedRandom } from "@mammo/mammogram";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { bimodality } from "../src/standardization/bimodality.ts";
import { drift } from "../src/standardization/drift.ts";
import { driftReport } from "../src/standardization/driftReport.ts";
import { criticalBandwidth, modeCount } from "../src/standardization/kernelDensity.ts";
import { type Measurement, measureImage } from "../src/standardization/measure.ts";
import { outline } from "../src/standardization/outline.ts";

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
      found.push(measureImage(header, image));
    }
  return found;
}

describe("drift between devices", () => {
  it("has two modes when 3600 x 2400 and 3600 x 3600 pixels are stretched to one size, and one when they are standardized", async () => {
    const found = await measurements();
    const { view, standardized, stretched } = drift(found);
    expect(view).toBe("CC");
    expect(stretched.isBimodal).toBe(true);
    expect(stretched.p).toBeLessThanOrEqual(0.02);
    expect(stretched.separation).toBeGreaterThan(3);
    expect(stretched.components[1].mean / stretched.components[0].mean).toBeCloseTo(1.5, 1);
    expect(standardized.isBimodal).toBe(false);
    expect(standardized.p).toBeGreaterThan(0.2);
    const html = driftReport(found, [{ number: 7, code: "truncated" }]);
    for (const words of ["stretched to the same size", "compressed thickness", "tube voltage", "truncated", "<svg"]) expect(html).toContain(words);
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it("tells one Gaussian from two", () => {
    const random = keyedRandom(3, "bells");
    const gaussian = (mean: number, count = 60): number[] => Array.from({ length: count }, () => mean + random.normal());
    expect(bimodality(gaussian(0)).isBimodal).toBe(false);
    expect(bimodality([...gaussian(0), ...gaussian(5)]).p).toBeLessThanOrEqual(0.02);
    expect(bimodality([...gaussian(0, 2000), ...gaussian(5, 3000)]).isBimodal).toBe(true);
    expect(bimodality([...gaussian(0), ...gaussian(5)]).separation).toBeCloseTo(5, 0);
    // Neither flat values nor heavy tails have a second mode, though two Gaussians fit them better than one.
    expect(bimodality(Array.from({ length: 400 }, () => random.between(0, 1))).isBimodal).toBe(false);
    expect(bimodality(gaussian(0).map((value) => Math.sign(value) * Math.abs(value) ** 1.5)).isBimodal).toBe(false);
    expect(bimodality([1, 1, 1])).toMatchObject({ isDecidable: false, isBimodal: false, p: 1 });
    expect(bimodality(new Array<number>(20).fill(2))).toMatchObject({ isDecidable: true, isBimodal: false, p: 1 });
  });

  it("rarely finds two modes in draws from one", () => {
    const random = keyedRandom(5, "null");
    const rejected = Array.from({ length: 12 }, (_, at) =>
      bimodality(
        Array.from({ length: 48 }, () => random.normal()),
        at + 1,
      ),
    ).filter(({ isBimodal }) => isBimodal);
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
});
