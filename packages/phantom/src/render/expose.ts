import type { Laterality, Random } from "@mammo/mammogram";
import { type Device, storedValue } from "../device.ts";
import { normalTable, tableMask, tablePlace } from "../noise.ts";
import type { Anatomy } from "./anatomy.ts";
import type { Layer } from "./layer.ts";

/** Steps of density that the curve is tabulated at. */
const levels = 4096;

/** Anatomy, lesions and noise through the device's curve, row by row. */
export function expose(
  anatomy: Anatomy,
  layers: readonly Layer[],
  how: { readonly device: Device; readonly laterality: Laterality; readonly random: Random },
): Uint16Array {
  const { device, laterality, random } = how;
  const { rows, columns } = device;
  const { factor } = anatomy;
  const table = normalTable();
  const curve = Uint16Array.from({ length: levels + 1 }, (_, i) => storedValue(device, i / levels));
  const pixels = new Uint16Array(rows * columns).fill(curve[0]!);
  const line = new Float32Array(anatomy.columns * factor);
  const cells = new Float32Array(anatomy.columns + 1);
  for (let r = 0; r < rows; r++) {
    const y = Math.max(0, (r + 0.5) / factor - 0.5);
    const upper = Math.floor(y);
    const lower = Math.min(upper + 1, anatomy.rows - 1);
    const reach = Math.min(anatomy.columns, Math.max(anatomy.reach[upper]!, anatomy.reach[lower]!) + 1);
    const end = anatomy.reach[upper] || anatomy.reach[lower] ? Math.min(columns, reach * factor) : 0;
    for (let c = 0; c < reach; c++) {
      const above = anatomy.values[upper * anatomy.columns + c]!;
      cells[c] = above + (y - upper) * (anatomy.values[lower * anatomy.columns + c]! - above);
    }
    cells[reach] = cells[reach - 1]!;
    stretchLine(cells, reach, factor, line);
    for (const { box, values } of layers) {
      if (r < box.top || r >= box.bottom) continue;
      const start = (r - box.top) * (box.right - box.left) - box.left;
      for (let c = box.left; c < Math.min(box.right, end); c++) line[c]! += values[start + c]!;
    }
    const place = tablePlace(random);
    const base = laterality === "L" ? r * columns : r * columns + columns - 1;
    const step = laterality === "L" ? 1 : -1;
    for (let c = 0; c < end; c++) {
      const density = line[c]!;
      const noisy = density + (density < 0.02 ? device.airNoise : device.noise) * table[(place + c) & tableMask]!;
      pixels[base + step * c] = curve[noisy <= 0 ? 0 : noisy >= 1 ? levels : (noisy * levels + 0.5) | 0]!;
    }
    if (device.airNoise > 0)
      for (let c = end; c < columns; c++) {
        const noisy = device.airNoise * Math.abs(table[(place + c) & tableMask]!);
        pixels[base + step * c] = curve[(noisy * levels + 0.5) | 0]!;
      }
  }
  return pixels;
}

/** Linear interpolation of one row of cells to `factor` pixels a cell. */
function stretchLine(cells: Float32Array, reach: number, factor: number, line: Float32Array): void {
  for (let part = 0; part < factor; part++) {
    const x = (part + 0.5) / factor - 0.5;
    for (let c = 0, i = part; c < reach; c++, i += factor) {
      const here = cells[c]!;
      const beside = x < 0 ? cells[c === 0 ? 0 : c - 1]! : cells[c + 1]!;
      line[i] = here + Math.abs(x) * (beside - here);
    }
  }
}

/** Lead letters stop nearly all X-rays: as bright as the device goes. */
export function burnIn(pixels: Uint16Array, marker: Layer, device: Device): void {
  const { box, values } = marker;
  const bright = storedValue(device, 1);
  const width = box.right - box.left;
  for (let i = 0; i < values.length; i++) {
    const [row, column] = [box.top + Math.floor(i / width), box.left + (i % width)];
    if (values[i]! && row >= 0 && row < device.rows && column >= 0 && column < device.columns) pixels[row * device.columns + column] = bright;
  }
}
