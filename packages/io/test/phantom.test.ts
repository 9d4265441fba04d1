import { boxFromSource, fromSourcePoint, toSourcePoint } from "@mammo/mammogram";
import { devices, encodeDicom, growLesion, renderView, type ViewSpec } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { readMammogram, type StandardImage } from "../src/index.ts";

const lesion = growLesion({ kind: "mass", malignant: false, centre: [45, 8, 6], growth: 1, conspicuity: 2, seed: [3, "two devices"] });
const specOn = (device: ViewSpec["device"], options: Partial<ViewSpec> = {}): ViewSpec => ({
  seed: 3,
  woman: 5,
  exam: 1,
  image: 1,
  laterality: "R",
  view: "CC",
  device,
  lesions: [lesion],
  ...options,
});
const standardOf = async (spec: ViewSpec): Promise<StandardImage> => (await readMammogram(encodeDicom(renderView(spec)))).image;

/** Across and down: the extent of what the lesion adds, above half of its most. */
async function lesionDiameters(device: ViewSpec["device"]): Promise<readonly [number, number]> {
  const [image, without] = [await standardOf(specOn(device)), await standardOf(specOn(device, { lesions: [] }))];
  const [top, left, bottom, right] = [[], [], [], []] as [number[], number[], number[], number[]];
  const difference = image.pixels.map((value, at) => value - without.pixels[at]!);
  const half = difference.reduce((most, value) => Math.max(most, value), 0) / 2;
  difference.forEach((value, at) => {
    if (value <= half) return;
    const [row, column] = [Math.floor(at / image.columns), at % image.columns];
    top.push(row);
    bottom.push(row);
    left.push(column);
    right.push(column);
  });
  const extent = (values: readonly number[]): number =>
    values.reduce((most, value) => Math.max(most, value), 0) - values.reduce((least, value) => Math.min(least, value), 1e9) + 1;
  return [extent(top), extent(left)];
}

describe("phantom pictures", () => {
  it("show a lesion at the same size in a 1800 x 1200 and a 1800 x 1800 device", async () => {
    const [one, other] = [await lesionDiameters(devices.aldebaran), await lesionDiameters(devices.bellatrix)];
    expect(one[0]).toBeGreaterThan(10);
    for (const axis of [0, 1] as const) expect(Math.abs(one[axis] - other[axis]), `${one} against ${other}`).toBeLessThanOrEqual(1);
  });

  it.each(Object.values(devices).map((device) => [device.name, device] as const))("carry their truth through %s and back", async (_name, device) => {
    for (const [laterality, view] of [
      ["L", "MLO"],
      ["R", "CC"],
    ] as const) {
      const picture = renderView(specOn(device, { laterality, view }));
      const { header, image } = await readMammogram(encodeDicom(picture));
      expect([image.laterality, image.view, header.chestWall]).toEqual([laterality, view, laterality === "L" ? "left" : "right"]);
      expect(image.flags).toEqual([]);
      const truth = picture.lesions[0]!;
      const box = boxFromSource(truth.box, image);
      expect((box.bottom - box.top) * image.mmPerPixel).toBeCloseTo((truth.box.bottom - truth.box.top) * device.mmPerPixel, 6);
      const back = toSourcePoint(fromSourcePoint([truth.box.top, truth.box.left], image), image);
      expect(Math.hypot(back[0] - truth.box.top, back[1] - truth.box.left)).toBeLessThan(0.5);
      const nipple = fromSourcePoint(picture.nipple, image);
      expect(Math.hypot(nipple[0] - image.nipple[0], nipple[1] - image.nipple[1]) * image.mmPerPixel).toBeLessThan(6);
      expect(image.nippleConfidence).toBeGreaterThan(0.5);
    }
  });
});
