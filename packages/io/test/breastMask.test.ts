import { fromSourcePoint, type Grid } from "@mammo/mammogram";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { breastMask, readMammogram } from "../src/index.ts";

const [rows, columns, mmPerPixel] = [480, 320, 0.5];
/** A breast of brightness 0.5 that runs out of the picture's top, as film scans show it; `add` draws on the film. */
function film(add: (row: number, column: number) => number | undefined = () => undefined): Grid {
  const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    // A little noise, as the background of a film has; the breast narrows toward the top.
    const noise = 0.01 * ((at * 7919) % 13) * 0.1;
    return (add(row, column) ?? (column < reach(row) ? 0.5 : 0.03)) + noise;
  });
  return { pixels, rows, columns };
}
const reach = (row: number): number => (row > 420 ? 0 : 100 + 90 * Math.sqrt(Math.max(0, 1 - ((row - 260) / 165) ** 2)));
const maskOf = (grid: Grid): Uint8Array => breastMask(grid, { mmPerPixel });
const count = (mask: Uint8Array, within: (row: number, column: number) => boolean): number =>
  mask.reduce((sum, one, at) => sum + (one && within(Math.floor(at / columns), at % columns) ? 1 : 0), 0);

describe("breastMask", () => {
  it("marks the breast and nothing else", () => {
    const mask = maskOf(film());
    let [both, sum] = [0, 0];
    for (let at = 0; at < mask.length; at++) {
      const truth = at % columns < reach(Math.floor(at / columns)) ? 1 : 0;
      both += mask[at]! & truth;
      sum += mask[at]! + truth;
    }
    expect((2 * both) / sum).toBeGreaterThan(0.98);
  });

  it("cuts the rows under a tape or holder at the top, and only those", () => {
    for (const tapeRows of [8, 24]) {
      const mask = maskOf(film((row) => (row < tapeRows ? 0.75 : undefined)));
      expect(count(mask, (row) => row < tapeRows)).toBe(0);
      expect(count(mask, (row, column) => row === tapeRows + 6 && column < 90)).toBe(90);
    }
    expect(count(maskOf(film()), (row, column) => row === 2 && column < 90)).toBe(90);
  });

  it("cuts a label that touches the skin, a strip along the edge and a bright border", () => {
    const label = maskOf(film((row, column) => (row >= 6 && row < 60 && column >= 95 && column < 200 ? 0.9 : undefined)));
    // From the skin outward at most 45 degrees remain of it.
    expect(count(label, (row, column) => row < 60 && column > reach(row) + 60 - row + 4)).toBe(0);
    const strip = maskOf(film((row) => (row < 6 ? 0.6 : undefined)));
    expect(count(strip, (_, column) => column > 200)).toBe(0);
    // The same film upside down, whose breast runs out of the picture's bottom.
    const upright = film((row) => (row < 12 ? 0.6 : undefined));
    const pixels = upright.pixels.map((_, at) => upright.pixels[(rows - 1 - Math.floor(at / columns)) * columns + (at % columns)]!);
    expect(count(maskOf({ ...upright, pixels }), (_, column) => column > 200)).toBe(0);
    const border = maskOf(film((_, column) => (column > 290 ? 1 : undefined)));
    expect(count(border, (_, column) => column > 280)).toBe(0);
  });

  it("goes to the picture's corner and its last row, also where no whole cell is left", () => {
    const whole = film();
    expect([maskOf(whole)[0], breastMask(whole, { mmPerPixel: 0.25 })[0]]).toEqual([1, 1]);
    // Upside down, and a row more than cells of two have.
    const odd = { rows: rows - 1, columns, pixels: whole.pixels.subarray(columns).slice().reverse() };
    const mask = breastMask(odd, { mmPerPixel: 0.25 });
    expect(mask.subarray((odd.rows - 1) * columns).reduce((sum, one) => sum + one, 0)).toBe(
      mask.subarray((odd.rows - 3) * columns, (odd.rows - 2) * columns).reduce((sum, one) => sum + one, 0),
    );
    expect(mask.at(-1)).toBe(1);
  });

  it("cuts a strip along the chest wall that is thinner than a breast, left and right", () => {
    const left = film((row, column) => (column < 12 ? 0.6 : row < 60 ? 0.03 : undefined));
    const right = { ...left, pixels: left.pixels.map((_, at) => left.pixels[at - (at % columns) + columns - 1 - (at % columns)]!) };
    for (const [grid, isOutside] of [
      [left, (column: number) => column < 12],
      [right, (column: number) => column >= columns - 12],
    ] as const)
      expect(count(maskOf(grid), (row, column) => row > 450 && isOutside(column))).toBe(0);
  });

  it("keeps dark skin and the nipple in front of an exact gray background", async () => {
    for (const woman of [1, 3]) {
      const picture = renderView({ seed: 11, woman, exam: 1, image: 1, laterality: "L", view: "MLO", device: devices.bellatrix, lesions: [] });
      const air = picture.pixels.at(-1)!;
      const { image } = await readMammogram(encodeDicom(picture), { mmPerPixel: 0.5, size: [700, 600] });
      let [tissue, kept] = [0, 0];
      // Below the marker.
      for (let row = 120; row < picture.rows; row += 3)
        for (let column = 0; column < picture.columns; column += 3) {
          if (picture.pixels[row * picture.columns + column] === air) continue;
          const [y, x] = fromSourcePoint([row + 0.5, column + 0.5], image).map(Math.floor) as [number, number];
          tissue++;
          if (image.pixels[y * image.columns + x]! > 0) kept++;
        }
      expect(kept / tissue).toBeGreaterThan(0.998);
    }
  });

  it.each(
    Object.values(devices)
      .filter(({ mmPerPixel: pitch }) => pitch > 0.1)
      .map((device) => [device.name, device] as const),
  )("no pixel of the burned-in marker of %s survives", async (_name, device) => {
    for (const [woman, laterality, view] of [
      [1, "L", "MLO"],
      [2, "R", "MLO"],
      [3, "R", "CC"],
    ] as const) {
      const picture = renderView({ seed: 31, woman, exam: 1, image: 1, laterality, view, device, lesions: [] });
      // The marker: the brightest value there is, in the top outer corner of the picture.
      const bright = picture.pixels.reduce((most, value) => (device.photometric === "MONOCHROME1" ? Math.min(most, value) : Math.max(most, value)));
      const marker: (readonly [number, number])[] = [];
      for (let row = 0; row < 20 / device.mmPerPixel; row++)
        for (let column = 0; column < picture.columns; column++) {
          const isOuter = laterality === "L" ? column > 0.7 * picture.columns : column < 0.3 * picture.columns;
          if (isOuter && picture.pixels[row * picture.columns + column] === bright) marker.push([row + 0.5, column + 0.5]);
        }
      expect(marker.length).toBeGreaterThan(100);
      const bytes = encodeDicom(picture);
      const brightest = async (mask?: () => Uint8Array): Promise<number> => {
        const { image } = await readMammogram(bytes, { mmPerPixel: 0.5, size: [1000, 800], ...(mask ? { mask } : {}) });
        return marker.reduce((most, point) => {
          const [row, column] = fromSourcePoint(point, image).map(Math.floor) as [number, number];
          const isInside = row >= 0 && row < image.rows && column >= 0 && column < image.columns;
          return isInside ? Math.max(most, image.pixels[row * image.columns + column]!) : most;
        }, 0);
      };
      expect(await brightest()).toBe(0);
      const all = new Uint8Array(Math.ceil((picture.rows * device.mmPerPixel) / 0.5) * Math.ceil((picture.columns * device.mmPerPixel) / 0.5)).fill(
        1,
      );
      expect(await brightest(() => all)).toBeGreaterThan(0.5); // Without a mask it would be seen.
    }
  });
});
