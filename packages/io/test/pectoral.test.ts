import { toSourcePoint } from "@mammo/mammogram";
import { devices, encodeDicom, type PhantomImage, type PhantomView, renderView } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { findPectoral, pectoralMask, readMammogram, type StandardImage } from "../src/index.ts";

const pictureOf = (woman: number, view: PhantomView, laterality: "L" | "R" = "R"): PhantomImage =>
  renderView({ seed: 21, woman, exam: 1, image: 1, laterality, view, device: devices.deneb, lesions: [] });
const standardOf = async (picture: PhantomImage, mmPerPixel = 0.5): Promise<StandardImage> =>
  (await readMammogram(encodeDicom(picture), { mmPerPixel, size: [600, 400] })).image;

/** Dice of the muscle within the phantom's picture: a border from (0, width) to (length, 0), a little bulging. */
function muscleDice(picture: PhantomImage, image: StandardImage): number {
  const { width, length } = picture.pose.pectoral;
  const { mmPerPixel, columns } = picture.spec.device;
  const mask = pectoralMask(image.pectoral!, image);
  let [both, sum] = [0, 0];
  for (let at = 0; at < mask.length; at++) {
    const [row, column] = toSourcePoint([Math.floor(at / image.columns) + 0.5, (at % image.columns) + 0.5], image);
    const below = row * mmPerPixel;
    const out = (picture.spec.laterality === "L" ? column : columns - column) * mmPerPixel;
    const along = Math.min(1, Math.max(0, below / length));
    const edge = width * (1 - below / length) + 0.56 * width * along * (1 - along);
    const truth = below >= 0 && out < edge ? 1 : 0;
    both += mask[at]! & truth;
    sum += mask[at]! + truth;
  }
  return (2 * both) / sum;
}

describe("findPectoral", () => {
  it("finds the phantom's muscle in oblique and lateral views of both breasts", async () => {
    const found: number[] = [];
    for (const [woman, view, laterality] of [
      [1, "MLO", "L"],
      [2, "MLO", "R"],
      [3, "MLO", "R"],
      [4, "ML", "L"],
      [5, "LM", "R"],
    ] as const) {
      const picture = pictureOf(woman, view, laterality);
      const image = await standardOf(picture);
      expect(image.pectoral!.confidence).toBeGreaterThan(0.5);
      found.push(muscleDice(picture, image));
    }
    expect(Math.min(...found), String(found)).toBeGreaterThan(0.85);
  });

  it("leads from the breast's top to the chest wall, downward all the way", async () => {
    const { pectoral, breast, rows, columns } = await standardOf(pictureOf(6, "MLO"));
    const { border, line } = pectoral!;
    expect(border[0]![0]).toBe(breast.top);
    expect(border.at(-1)![1]).toBe(0);
    expect([line[0][0], line[1][1]]).toEqual([breast.top, 0]);
    border.forEach(([row, column], at) => {
      if (at > 0) expect(row).toBeGreaterThan(border[at - 1]![0]);
      expect(row >= 0 && row <= rows && column >= 0 && column <= columns).toBe(true);
    });
  });

  it("is measured in mm: half the pixels change its place by less than 3 mm", async () => {
    const picture = pictureOf(7, "MLO");
    const fine = await standardOf(picture);
    const coarse = (await readMammogram(encodeDicom(picture), { mmPerPixel: 1, size: [300, 200] })).image;
    expect(Math.abs(fine.pectoral!.line[0][1] * 0.5 - coarse.pectoral!.line[0][1] * 1)).toBeLessThan(3);
    const area = (image: StandardImage): number => pectoralMask(image.pectoral!, image).reduce((sum, one) => sum + one, 0) * image.mmPerPixel ** 2;
    expect(area(coarse) / area(fine)).toBeCloseTo(1, 1);
  });

  it("is absent from views without the muscle, and where nothing has an edge", async () => {
    expect((await standardOf(pictureOf(8, "CC"))).pectoral).toBeUndefined();
    const [rows, columns] = [300, 200];
    const breast = { top: 0, left: 0, bottom: rows, right: columns };
    expect(findPectoral({ pixels: new Float32Array(rows * columns).fill(0.5), rows, columns, breast, mmPerPixel: 1 })).toBeUndefined();
    expect(findPectoral({ pixels: new Float32Array(rows * columns), rows, columns, breast, mmPerPixel: 1 })).toBeUndefined();
    expect(
      findPectoral({ pixels: Float32Array.of(1), rows: 1, columns: 1, breast: { top: 0, left: 0, bottom: 1, right: 1 }, mmPerPixel: 0.1 }),
    ).toBeUndefined();
  });
});
