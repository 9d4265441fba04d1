// The parts of a picture by hand: curves, windows, letters, masks, lines, borders of breast and muscle.
import { keyedRandom } from "@mammo/mammogram";
import { type Device, devices, patientOrientation, voiWindow } from "@mammo/phantom";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { defaultDeviceMix, storedValue } from "../src/device.ts";
import { nipplePixel, storedBox, storedPoint, toPixel } from "../src/frame.ts";
import { normalTable, powerLawField, tableMask, tablePlace } from "../src/noise.ts";
import { burnIn } from "../src/render/expose.ts";
import { add, emptyLayer, larger, paint, paintLine } from "../src/render/layer.ts";
import { markerLayer } from "../src/render/marker.ts";
import { mirroredMask, tightMask } from "../src/render/mask.ts";
import { pectoralDistance, skinDistance } from "../src/render/outline.ts";
import { distance, mixed, offset } from "../src/vector.ts";
import { type Pose, project } from "../src/view.ts";

const plain: Device = {
  ...{ name: "Plain", rows: 60, columns: 80, mmPerPixel: 0.5, bits: 10, photometric: "MONOCHROME2", voi: "LINEAR", compression: "none" },
  ...{ bend: 0, range: [0, 1], noise: 0, airNoise: 0, marker: { text: "side", mmHigh: 7 } },
} as const;

describe("a device", () => {
  it("stores density by its range, its bits and its bend, turned round for MONOCHROME1", () => {
    const values = (device: Device) => [-1, 0, 0.25, 0.5, 1, 2].map((density) => storedValue(device, density));
    expect(values(plain)).toEqual([0, 0, 256, 512, 1023, 1023]);
    expect(values({ ...plain, photometric: "MONOCHROME1" })).toEqual([1023, 1023, 767, 511, 0, 0]);
    expect(values({ ...plain, range: [0.1, 0.9] })).toEqual([102, 102, 307, 512, 921, 921]);
    // A bend of 0.4 adds 0.4 d (1 - d): 0.075 at a quarter, 0.1 at a half.
    expect(values({ ...plain, bend: 0.4 })).toEqual([0, 0, 332, 614, 1023, 1023]);
  });

  it("has a window over densities from 0.02 to 0.98, four fifths of it for a sigmoid", () => {
    expect(voiWindow(plain)).toEqual({ center: 512, width: 983 });
    expect(voiWindow({ ...plain, voi: "SIGMOID" })).toEqual({ center: 512, width: 786 });
    expect(voiWindow({ ...plain, photometric: "MONOCHROME1" })).toEqual({ center: 512, width: 983 });
  });

  it("is one of six, with these matrices and shares", () => {
    expect(Object.values<Device>(devices).map(({ rows, columns, mmPerPixel, bits }) => [rows, columns, mmPerPixel, bits])).toEqual([
      [1800, 1200, 0.1666, 12],
      [1800, 1800, 0.1666, 12],
      [1500, 1100, 0.2, 14],
      [1440, 960, 0.2, 12],
      [3600, 2400, 0.0833, 12],
      [3600, 3600, 0.0833, 12],
    ]);
    expect(Object.values(defaultDeviceMix).reduce((sum, share) => sum + share, 0)).toBe(100);
  });
});

describe("a marker", () => {
  const dots = (text: "side" | "sideAndView", side: "L" | "R", view: "CC" | "MLO", mmHigh = 7) => {
    const layer = markerLayer({ ...plain, rows: 200, columns: 200, mmPerPixel: 1, marker: { text, mmHigh } }, side, view);
    const width = layer.box.right - layer.box.left;
    return {
      box: layer.box,
      rows: Array.from({ length: 7 }, (_, r) => [...layer.values.subarray(r * width, (r + 1) * width)].map((one) => (one ? "#" : ".")).join("")),
    };
  };

  it("is the letter of the side, at the top and away from the chest wall", () => {
    expect(dots("side", "L", "CC")).toEqual({ box: { top: 5, left: 190, bottom: 12, right: 195 }, rows: [...Array(6).fill("#...."), "#####"] });
    expect(dots("side", "R", "CC")).toEqual({
      box: { top: 5, left: 5, bottom: 12, right: 10 },
      rows: ["####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"],
    });
  });

  it("or side and view, one dot between the letters", () => {
    expect(dots("sideAndView", "R", "CC").rows).toEqual([
      "####...###...###.",
      "#...#.#...#.#...#",
      "#...#.#.....#....",
      "####..#.....#....",
      "#.#...#.....#....",
      "#..#..#...#.#...#",
      "#...#..###...###.",
    ]);
    expect(dots("sideAndView", "L", "MLO").rows[1]).toBe("#.....##.##.#.....#...#");
  });

  it("has dots of whole pixels, of one at least, and is as bright as the device goes", () => {
    expect(dots("side", "L", "CC", 1).box).toEqual({ top: 5, left: 190, bottom: 12, right: 195 });
    expect(dots("side", "L", "CC", 17).box).toEqual({ top: 5, left: 185, bottom: 19, right: 195 });
    expect(dots("side", "L", "CC", 18).box.bottom).toBe(5 + 7 * 3);
    for (const photometric of ["MONOCHROME1", "MONOCHROME2"] as const) {
      const device = { ...plain, photometric, mmPerPixel: 1, marker: { text: "side", mmHigh: 7 } } as const;
      const pixels = new Uint16Array(60 * 80).fill(7);
      burnIn(pixels, markerLayer(device, "L", "CC"), device);
      const bright = photometric === "MONOCHROME1" ? 0 : 1023;
      expect([pixels[5 * 80 + 70], pixels[5 * 80 + 71], pixels[11 * 80 + 74], pixels[4 * 80 + 70], pixels[12 * 80 + 70]]).toEqual([
        bright,
        7,
        bright,
        7,
        7,
      ]);
      expect(pixels.filter((one) => one === bright)).toHaveLength(11);
    }
  });
});

describe("a mask", () => {
  it("is what has an eighth of the greatest value, within a box tight around it", () => {
    const box = { top: 10, left: 20, bottom: 14, right: 25 };
    const values = new Float32Array(20);
    values[1 * 5 + 2] = 1;
    values[2 * 5 + 3] = 0.1201;
    values[3 * 5 + 4] = 0.1199;
    values[0] = 0.1;
    const found = tightMask({ box, values })!;
    expect(found).toEqual({ box: { top: 11, left: 22, bottom: 13, right: 24 }, mask: Uint8Array.of(1, 0, 0, 1) });
    expect(tightMask({ box, values: new Float32Array(20) })).toBeUndefined();
    expect(tightMask({ box: { ...box, bottom: 10 }, values: new Float32Array(0) })).toBeUndefined();
  });

  it("is turned round row by row", () => {
    expect([...mirroredMask(Uint8Array.of(1, 0, 0, 1, 1, 0), 3)]).toEqual([0, 0, 1, 0, 1, 1]);
  });
});

describe("layers", () => {
  it("are cut to the image", () => {
    const size = { rows: 10, columns: 8 };
    expect(emptyLayer({ top: -2.5, left: 1.2, bottom: 3.1, right: 99 }, size).box).toEqual({ top: 0, left: 1, bottom: 4, right: 8 });
    expect(emptyLayer({ top: 20, left: 20, bottom: 30, right: 30 }, size)).toEqual({
      box: { top: 10, left: 8, bottom: 10, right: 8 },
      values: new Float32Array(0),
    });
  });

  it("are painted at the pixels' centers, added or the larger of the two", () => {
    for (const [join, twice] of [
      [add, 2],
      [larger, 1],
    ] as const) {
      const layer = emptyLayer({ top: 2, left: 3, bottom: 5, right: 6 }, { rows: 10, columns: 10 });
      for (let again = 0; again < 2; again++) paint(layer, { top: 0, left: 4, bottom: 3.5, right: 99 }, join, (r, c) => 100 * r + c);
      expect([...layer.values]).toEqual([0, 254.5, 255.5, 0, 354.5, 355.5, 0, 0, 0].map((value) => Math.fround(twice * value)));
    }
  });

  it("have lines that are Gaussian across and thin out toward their end (slow twin)", () => {
    const line = { from: [5, 4], to: [14, 16], width: 3, value: 0.8, taper: 0.5 } as const;
    const layer = emptyLayer({ top: 0, left: 0, bottom: 24, right: 24 }, { rows: 24, columns: 24 });
    paintLine(layer, line, larger);
    const length = Math.hypot(9, 12);
    layer.values.forEach((value, at) => {
      const [r, c] = [Math.floor(at / 24) + 0.5 - 5, (at % 24) + 0.5 - 4];
      const t = Math.min(1, Math.max(0, (r * 9 + c * 12) / length ** 2));
      const away = Math.hypot(r - t * 9, c - t * 12);
      const thin = 1 - 0.5 * t;
      const deviation = (3 * thin) / 2.4;
      const expected = away > 1.6 * 3 + 1 ? 0 : 0.8 * thin * Math.exp(-0.5 * (away / deviation) ** 2);
      expectClose(value, expected, { absolute: 1e-6 });
    });
    // Under a pixel wide a line gets fainter and not thinner.
    const fine = emptyLayer({ top: 0, left: 0, bottom: 9, right: 9 }, { rows: 9, columns: 9 });
    paintLine(fine, { from: [4.5, 0], to: [4.5, 9], width: 0.54, value: 1, taper: 1 }, larger);
    expectClose([fine.values[4 * 9 + 4]!, fine.values[3 * 9 + 4]!], [0.5, 0.5 * Math.exp(-0.5 / 0.45 ** 2)], { absolute: 1e-6 });
  });
});

const pose: Pose = {
  ...{ angle: 0, depth: 80, up: 70, down: 60, axilla: false, thickness: 50, nippleBelowTop: 100, stretch: [1.1, 0.9] as const },
  pectoral: { width: 40, length: 120 },
};

describe("the breast's border", () => {
  it("is at distance 0, positive inside, and about mm away from it", () => {
    for (const axilla of [true, false])
      for (const down of [-60, -30, 20, 50]) {
        const s = Math.abs(down) / (down < 0 ? 70 : 60);
        const bulge = axilla && down < 0 ? s ** 1.5 : s * s * (0.4 + 0.6 * Math.sqrt(s));
        const out = 80 * Math.sqrt(1 - bulge);
        const at = (mm: number) => skinDistance(down, out + mm, { ...pose, axilla });
        expectClose(at(0), 0, { absolute: 1e-9 });
        expect(at(-0.5)).toBeGreaterThan(0);
        expect(at(0.5)).toBeLessThan(0);
        // By numbers: along the outward normal it falls by 1 a mm.
        const [dx, dy] = [
          (at(1e-4) - at(-1e-4)) / 2e-4,
          (skinDistance(down + 1e-4, out, { ...pose, axilla }) - skinDistance(down - 1e-4, out, { ...pose, axilla })) / 2e-4,
        ];
        expectClose(Math.hypot(dx, dy), 1, { absolute: 1e-3 });
      }
  });

  it("has a nipple of 4.5 mm around a point 1 mm behind the tip", () => {
    expectClose(skinDistance(0, 80 - 1 + 4.5, pose), 0, { absolute: 1e-9 });
    expectClose(skinDistance(4.5, 79, pose), 0, { absolute: 1 });
    expectClose(skinDistance(3, 79 + 4, pose), -0.5, { absolute: 1e-9 });
  });
});

describe("the muscle's border", () => {
  it("runs from its width at the top to its length at the wall, 14 % of the width convex in its middle", () => {
    expectClose([pectoralDistance(0, 40, pose), pectoralDistance(120, 0, pose)], [0, 0], { absolute: 1e-9 });
    expectClose(pectoralDistance(60, 20 + 0.14 * 40, pose), 0, { absolute: 1e-9 });
    // The slope is 40 / 120: a mm across is 0.949 mm away.
    expectClose(pectoralDistance(60, 20 + 0.14 * 40 - 1, pose), 1 / Math.hypot(1, 1 / 3), { absolute: 1e-9 });
    expectClose(pectoralDistance(-10, 40, pose), 40 / 12 / Math.hypot(1, 1 / 3), { absolute: 1e-9 });
  });

  it("is a strip where it has no length, and far away where it is not seen", () => {
    expect(pectoralDistance(50, 3, { ...pose, pectoral: { width: 8, length: 0 } })).toBe(5);
    expect(pectoralDistance(50, 3, { ...pose, pectoral: { width: 0, length: 0 } })).toBe(-1000);
  });
});

describe("places", () => {
  it("from the breast's frame to pixels and to what is stored", () => {
    expectClose(project([10, 20, 30], pose), [-22, 9], { absolute: 1e-5 });
    expectClose(project([10, 20, 30], { ...pose, angle: Math.PI / 2 }), [-33, 9], { absolute: 1e-5 });
    expect(nipplePixel(pose, plain)).toEqual([200, 160]);
    expectClose(toPixel([10, 20, 30], pose, plain), [200 - 44, 160 - 18], { absolute: 1e-4 });
    expect([storedPoint([3, 5], "L", plain), storedPoint([3, 5], "R", plain)]).toEqual([[3, 5], [3, 75]]); // biome-ignore format: one row
    expect(storedBox({ top: 1, left: 2, bottom: 3, right: 7 }, "R", plain)).toEqual({ top: 1, left: 73, bottom: 3, right: 78 });
    expect(storedBox({ top: 1, left: 2, bottom: 3, right: 7 }, "L", plain)).toEqual({ top: 1, left: 2, bottom: 3, right: 7 });
    expect([patientOrientation("R", "XCCM"), patientOrientation("L", "LM"), patientOrientation("R", "MLO")]).toEqual(["P\\L", "A\\F", "P\\FL"]);
  });

  it("vectors", () => {
    expect(offset([1, 2, 3], [0, 0.6, 0.8], 10)).toEqual([1, 8, 11]);
    expect(distance([1, 2, 3], [3, 5, 9])).toBe(7);
    expect(mixed([1, 0, 0], [0, 1, 0], 0.75)).toEqual([0.8, 0.6, 0]);
    expect(mixed([1, 0, 0], [-1, 0, 0], 1)).toEqual([0, 0, 0]);
  });
});

describe("noise", () => {
  it("is a table of 65,536 normal numbers, read from places within it", () => {
    const table = normalTable();
    expect([table.length, tableMask]).toEqual([65536, 65535]);
    const mean = table.reduce((sum, x) => sum + x, 0) / table.length;
    const variance = table.reduce((sum, x) => sum + (x - mean) ** 2, 0) / table.length;
    expectClose([mean, variance], [0, 1], { absolute: 0.02 });
    const random = keyedRandom("places");
    const places = Array.from({ length: 2000 }, () => tablePlace(random));
    expect(places.every((place) => place >= 0 && place <= tableMask)).toBe(true);
    expect(Math.max(...places)).toBeGreaterThan(64_000);
  });

  it("has a field of deviation about 1, whose neighbors are alike", () => {
    const { values, rows, columns } = powerLawField(96, 128, keyedRandom("field"), { levels: 5, fall: 0.75 });
    expect([rows, columns, values.length]).toEqual([96, 128, 96 * 128]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    expect(spread).toBeGreaterThan(0.7);
    expect(spread).toBeLessThan(1.3);
    const alike = (step: number) => {
      let sum = 0;
      for (let at = 0; at + step < values.length; at++) sum += (values[at]! - mean) * (values[at + step]! - mean);
      return sum / values.length / spread ** 2;
    };
    expect([alike(1) > 0.6, alike(columns) > 0.6, alike(1) > alike(8)]).toEqual([true, true, true]);
  });
});
