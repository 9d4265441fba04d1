import { createHash } from "node:crypto";
import type { LesionKind } from "@mammo/mammogram";
import { type Device, devices, encodeDicom, growLesion, renderView, viewTruth } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { coarse, massSpec } from "./tiny.ts";

const kinds: readonly LesionKind[] = ["mass", "calcification", "distortion", "asymmetry"];

/** Density as stored, 0 to 1, whatever the device's photometric interpretation. */
const density = (device: Device, value: number) => {
  const top = (1 << device.bits) - 1;
  return (device.photometric === "MONOCHROME1" ? top - value : value) / top;
};

describe("renderView", () => {
  it("gives the same bytes on every machine and at every time", () => {
    const sides = (["L", "R"] as const).flatMap((laterality) => (["CC", "MLO"] as const).map((view) => ({ laterality, view })));
    const hash = createHash("sha256");
    for (const device of [devices.aldebaran, devices.capella, devices.deneb])
      for (const side of sides) hash.update(encodeDicom(renderView({ ...massSpec, ...side, device: coarse(device, 1.5) })));
    expect(hash.digest("hex")).toBe("cd981d1eb33fb66ed4ddc45feeb08db145faf73e45675d9a890f506d63445f74");
  });

  it("tells the same truth without rendering", () => {
    const { spec, rows, columns, pixels, ...truth } = renderView(massSpec);
    expect(viewTruth(massSpec)).toEqual(truth);
    expect(pixels.length).toBe(rows * columns);
    expect(spec).toBe(massSpec);
  });

  it.each(kinds.flatMap((kind) => [true, false].map((malignant) => ({ kind, malignant }))))(
    "marks a $kind (malignant: $malignant) by a tight box and a mask within it",
    ({ kind, malignant }) => {
      for (const laterality of ["L", "R"] as const) {
        const device = { ...coarse(devices.aldebaran, 0.33), noise: 0 };
        const lesion = growLesion({ kind, malignant, center: [45, 8, 6], growth: 1, conspicuity: 1, seed: [3] });
        const seen = renderView({ ...massSpec, laterality, device, lesions: [lesion] });
        const healthy = renderView({ ...massSpec, laterality, device, lesions: [] });
        const [truth] = seen.lesions;
        const { box, mask } = truth!;
        const width = box.right - box.left;
        let inMask = 0;
        let outside = 0;
        for (let i = 0; i < seen.pixels.length; i++) {
          const gain = seen.pixels[i]! - healthy.pixels[i]!;
          const r = Math.floor(i / seen.columns) - box.top;
          const c = (i % seen.columns) - box.left;
          const inBox = r >= 0 && c >= 0 && r < box.bottom - box.top && c < width;
          if (inBox && mask[r * width + c]) inMask += gain;
          else outside += gain;
        }
        // What is left outside is the faint rim below the mask's threshold; a focal asymmetry has no border and so the widest one.
        expect(inMask).toBeGreaterThan((kind === "asymmetry" ? 5 : 8) * outside);
        expect(mask.length).toBe(width * (box.bottom - box.top));
        const row = (r: number) => mask.subarray(r * width, (r + 1) * width).includes(1);
        const column = (c: number) => mask.some((value, i) => value === 1 && i % width === c);
        expect([row(0), row(box.bottom - box.top - 1), column(0), column(width - 1)]).toEqual([true, true, true, true]);
      }
    },
  );

  it("stores left breasts with the chest wall on the left, right ones on the right", () => {
    for (const laterality of ["L", "R"] as const)
      for (const device of [devices.aldebaran, devices.capella]) {
        const image = renderView({ ...massSpec, laterality, device: coarse(device, 1) });
        const middle = Math.floor(image.nipple[0]) * image.columns;
        const [first, last] = [image.pixels[middle]!, image.pixels[middle + image.columns - 1]!].map((value) => density(device, value)) as [
          number,
          number,
        ];
        if (laterality === "L") expect(first).toBeGreaterThan(last + 0.1);
        else expect(last).toBeGreaterThan(first + 0.1);
        expect(Math.abs(image.nipple[1] - (laterality === "L" ? 0 : image.columns))).toBeCloseTo(image.pose.depth, 6);
      }
  });

  it("burns the marker in beside the breast, as bright as the device goes", () => {
    for (const laterality of ["L", "R"] as const) {
      const device = coarse(devices.aldebaran, 0.5);
      const { pixels, columns } = renderView({ ...massSpec, view: "CC", laterality, device });
      let found = 0;
      for (let r = 0; r < 40; r++)
        for (let c = 0; c < columns; c++) if (pixels[r * columns + c] === 4095 && (laterality === "L" ? c > columns / 2 : c < columns / 2)) found++;
      expect(found).toBeGreaterThan(40);
    }
  });

  it("keeps a woman's breast from exam to exam, with another pose and other noise", () => {
    const first = renderView({ ...massSpec, lesions: [] });
    const second = renderView({ ...massSpec, exam: 2, lesions: [] });
    expect(second.pixels).not.toEqual(first.pixels);
    expect(Math.abs(second.pose.depth / first.pose.depth - 1)).toBeLessThan(0.1);
  });

  it("fills the full matrices 3600x2400 and 3600x3600", () => {
    for (const device of [devices.aldebaranFull, devices.bellatrixFull]) {
      const image = renderView({ ...massSpec, device });
      expect(image.pixels.length).toBe(device.rows * device.columns);
      const breast = image.pixels.reduce((count, value) => count + (density(device, value) > 0.2 ? 1 : 0), 0);
      expect(breast / image.pixels.length).toBeGreaterThan(0.1);
      const { box } = image.lesions[0]!;
      const half = renderView({ ...massSpec, device: coarse(device, 2 * device.mmPerPixel) }).lesions[0]!.box;
      for (const side of ["top", "left", "bottom", "right"] as const) expect(Math.abs(box[side] / 2 - half[side])).toBeLessThan(6);
    }
  });
});
