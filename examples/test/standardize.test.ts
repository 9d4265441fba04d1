import { readMammogram } from "@mammo/io";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { type Measurement, measure } from "../standardize/measure.ts";
import { drift, reportPage } from "../standardize/report.ts";
import { twoModes } from "../standardize/twoModes.ts";

const coarse = (device: Device): Device => ({
  ...device,
  rows: Math.round(device.rows * device.mmPerPixel),
  columns: Math.round(device.columns * device.mmPerPixel),
  mmPerPixel: 1,
});

async function measurements(): Promise<readonly Measurement[]> {
  const found: Measurement[] = [];
  for (let woman = 1; woman <= 24; woman++) {
    // A detector of 300 x 200 mm and one of 300 x 300 mm, as 3600 x 2400 and 3600 x 3600 pixels would be.
    for (const device of [coarse(devices.aldebaran), coarse(devices.bellatrix)]) {
      const picture = renderView({ seed: 11, woman, exam: 1, image: 1, laterality: "L", view: "CC", device, lesions: [] });
      const { header, image } = await readMammogram(encodeDicom(picture));
      found.push(measure(header, image));
    }
  }
  return found;
}

describe("drift between devices", () => {
  it("has two modes when pictures are stretched to one size, and one when they are standardized", async () => {
    const found = await measurements();
    const { view, ours, stretched } = drift(found);
    expect(view).toBe("CC");
    expect(stretched.evidence).toBeGreaterThan(10);
    expect(ours.evidence).toBeLessThan(0);
    expect(stretched.means[1]! / stretched.means[0]!).toBeCloseTo(1.5, 1);
    expect(reportPage(found, [])).toContain("stretched to the same size");
  });

  it("tells one bell from two", () => {
    const bell = (mean: number): number[] => Array.from({ length: 40 }, (_, index) => mean + Math.log((index + 0.5) / (39.5 - index)) / 2);
    expect(twoModes(bell(0)).evidence).toBeLessThan(0);
    expect(twoModes([...bell(0), ...bell(8)]).evidence).toBeGreaterThan(10);
    expect(twoModes([1, 1, 1]).evidence).toBe(0);
  });
});
