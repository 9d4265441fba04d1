import { join } from "node:path";
import { fromSourcePoint, type Grid } from "@mammo/mammogram";
import { dataFolder } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import type { Binary } from "../src/image/standardize/binary.ts";
import { cutWhiteEdge } from "../src/image/standardize/cutWhiteEdge.ts";
import { readCbisCohort, readCohortImage } from "../src/node.ts";

const [rows, columns, mm] = [480, 320, 0.5];
const reach = (row: number): number => 150 * Math.sqrt(Math.max(0, 1 - ((row - 240) / 200) ** 2));

/** A breast on the left with brightness 0.5, and its mask with all that is bright; `add` draws on the film. */
function film(add: (row: number, column: number) => number | undefined = () => undefined): { readonly grid: Grid; readonly mask: Binary } {
  const pixels = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return add(row, column) ?? (column < reach(row) ? 0.5 : 0);
  });
  return { grid: { pixels, rows, columns }, mask: { pixels: Uint8Array.from(pixels, (value) => (value > 0.2 ? 1 : 0)), rows, columns } };
}
const cut = ({ grid, mask }: ReturnType<typeof film>): Binary => cutWhiteEdge(mask, grid, mm);
const count = ({ pixels }: Binary, within: (row: number, column: number) => boolean): number =>
  pixels.reduce((sum, one, at) => sum + (one && within(Math.floor(at / columns), at % columns) ? 1 : 0), 0);

describe("cutWhiteEdge", () => {
  it("gives back the mask where no edge is white, also with tissue as bright as any", () => {
    const plain = film();
    expect(cut(plain)).toBe(plain.mask);
    const bright = film((row, column) => (Math.hypot(row - 240, column - 60) < 30 ? 1 : undefined));
    expect(cut(bright)).toBe(bright.mask);
    // An implant or a muscle that is white far into the image is no strip.
    const deep = film((row, column) => (column < 60 && column < reach(row) ? 1 : undefined));
    expect(cut(deep)).toBe(deep.mask);
  });

  it("cuts a strip along the chest wall with its blur, and what hung on by it", () => {
    const strip = film((_, column) => (column < 8 ? 1 : column === 8 ? 0.8 : column === 9 ? 0.65 : undefined));
    const found = cut(strip);
    expect(count(found, (_, column) => column < 10)).toBe(0);
    // Above and below the breast nothing is left of it; the breast stays.
    expect(count(found, (row) => row < 36 || row > 444)).toBe(0);
    expect(count(found, (row, column) => Math.abs(row - 240) < 150 && column >= 10 && column < 80)).toBe(299 * 70);
  });

  it("cuts a strip behind a dark seam, a bar below the breast and a white corner", () => {
    const seam = film((_, column) => (column < 4 ? 0 : column < 10 ? 1 : undefined));
    expect(count(cut(seam), (_, column) => column < 10)).toBe(0);
    const bar = film((row, column) => (row >= 430 && row < 446 && column < 90 ? 1 : undefined));
    expect(count(cut(bar), (row) => row >= 430)).toBe(0);
    expect(count(cut(bar), (row, column) => row < 400 && column < 60)).toBe(count(film().mask, (row, column) => row < 400 && column < 60));
    const corner = film((row, column) => (row - column > 436 ? 1 : undefined));
    expect(count(cut(corner), (row, column) => row - column > 436)).toBe(0);
  });

  it("leaves white along less than a centimeter", () => {
    const dot = film((row, column) => (row >= 230 && row < 240 && column < 6 ? 1 : undefined));
    expect(cut(dot)).toBe(dot.mask);
  });
});

const folder = dataFolder();
it.skipIf(!folder)("films of CBIS-DDSM lose their white edge and keep their lesions", { timeout: 300_000 }, async () => {
  const { images } = await readCbisCohort(join(folder!, "cbis-ddsm-mass"));
  // Films that had one on the contact sheet, by their place in the table.
  for (const at of [28, 78, 128, 278, 378]) {
    const image = await readCohortImage(images[at]!);
    let white = 0;
    for (let row = 0; row < image.rows; row++)
      for (let column = 0; column < 4; column++) if (image.pixels[row * image.columns + column]! > 0.98) white++;
    expect(white, `white pixels at the chest wall of film ${at}`).toBeLessThan(200); // Uncut, four columns along the whole breast.
    for (const { box } of images[at]!.lesions!) {
      const [row, column] = fromSourcePoint([(box.top + box.bottom) / 2, (box.left + box.right) / 2], image);
      expect(image.pixels[Math.floor(row) * image.columns + Math.floor(column)]).toBeGreaterThan(0);
    }
  }
});
