import type { Random } from "@mammo/mammogram";
import type { Breast, Density } from "../breast.ts";
import { exp, smoothStep } from "../deterministicMath.ts";
import type { Device } from "../device.ts";
import { type Field, powerLawField } from "../noise.ts";
import { type Point3, type Pose, project } from "../view.ts";
import { emptyLayer, larger, paintLine } from "./layer.ts";
import { pectoralDistance, skinDistance } from "./outline.ts";

/** Density of the breast before lesions and noise, on a coarser grid than the device's; unflipped. */
export interface Anatomy extends Field {
  /** Device pixels a cell. */
  readonly factor: number;
  /** Cells from the chest wall to the skin, by row; 0 where the row holds no breast. */
  readonly reach: Uint16Array;
}

/** How much a glandular region adds at its densest. */
const glandContrast = { a: 0.11, b: 0.16, c: 0.2, d: 0.23 } as const satisfies Readonly<Record<Density, number>>;
/** Spacing of the grid: nothing in the anatomy is finer than the skin line. */
const mmPerCell = 0.333;
const lobeCells = 4;

/** Renders fat, glands, strands, skin and muscle: densities of about 0.2 to 0.75 in the breast and 0 in air. */
export function renderAnatomy(breast: Breast, pose: Pose, device: Device, random: Random): Anatomy {
  const factor = Math.max(1, Math.round(mmPerCell / device.mmPerPixel));
  const pitch = factor * device.mmPerPixel;
  const size = {
    rows: Math.ceil(device.rows / factor) + 1,
    columns: Math.min(Math.ceil(device.columns / factor) + 1, Math.ceil((pose.depth + 6) / pitch)),
  };
  const nippleRow = pose.nippleBelowTop / pitch;
  const nippleColumn = pose.depth / pitch;
  const glands = glandMap(breast, pose, { ...size, pitch, nippleRow, nippleColumn });
  const strands = strandLayer(breast, pose, { ...size, pitch, nippleRow, nippleColumn });
  const texture = powerLawField(size.rows, size.columns, random, { levels: 7, fall: 0.6 });
  const folds = powerLawField(size.rows, size.columns, random, { levels: 6, fall: 0.56 });

  const values = new Float32Array(size.rows * size.columns);
  const reach = new Uint16Array(size.rows);
  const contrast = glandContrast[breast.density];
  const rolloff = 0.55 * pose.thickness;
  for (let r = 0; r < size.rows; r++) {
    const down = (r + 0.5 - nippleRow) * pitch;
    for (let c = 0; c < size.columns; c++) {
      const out = (c + 0.5) * pitch;
      const skin = skinDistance(down, out, pose);
      if (skin <= -0.3) continue;
      reach[r] = c + 1;
      const i = r * size.columns + c;
      const tissue = texture.values[i]!;
      // The processed image keeps some fall-off: a half round edge of the compressed breast, made flatter.
      const inward = Math.min(1, Math.max(0, skin) / rolloff);
      const thick = Math.sqrt(inward * (2 - inward));
      const gland = glandAt(glands, r, c);
      // Smooth noise moves the border of the glands, so that it is scalloped; the zero crossings of a field are thin bright septa.
      const wave = folds.values[i]!;
      const dense = smoothStep(0.3, 1.9, gland + 0.45 * wave + 0.15 * tissue) * (1 + 0.14 * tissue + 0.08 * wave);
      const septa = Math.max(0, 0.35 - Math.abs(wave)) * (0.03 + 0.1 * Math.min(1, gland));
      const line = strands.values[i]! * smoothStep(1, 6, skin);
      const rim = 0.085 * exp(-((skin - 0.9) * (skin - 0.9)) / 0.8);
      const body = 0.27 + 0.03 * tissue + contrast * dense + septa + line;
      const muscle = pectoralDistance((r + 0.5) * pitch, out, pose);
      const muscular =
        muscle > -3 ? smoothStep(-1.6, 1.6, muscle) * (0.24 + 0.05 * Math.min(1, Math.max(0, muscle) / 25) - 0.5 * contrast * dense) : 0;
      values[i] = (0.12 + 0.88 * thick) * (body + muscular) * smoothStep(-0.3, 0.3, skin) + rim;
    }
  }
  return { ...size, values, factor, reach };
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
  readonly nippleRow: number;
  readonly nippleColumn: number;
}

/** Glandular tissue in the beam, about 0 to 3, on a grid four times as coarse: 3-D Gaussians project to 2-D ones. */
function glandMap(breast: Breast, pose: Pose, grid: Grid): Field {
  // One more than the grid covers, for `glandAt` to look at.
  const rows = Math.ceil(grid.rows / lobeCells) + 1;
  const columns = Math.ceil(grid.columns / lobeCells) + 1;
  const values = new Float32Array(rows * columns);
  const pitch = grid.pitch * lobeCells;
  for (const lobe of breast.lobes) {
    const [down, behind] = project(lobe.center, pose);
    const row = grid.nippleRow / lobeCells + down / pitch;
    const column = grid.nippleColumn / lobeCells - behind / pitch;
    const high = lobe.across / pitch;
    const wide = lobe.along / pitch;
    const across = Float32Array.from({ length: columns }, (_, c) => exp(-((c + 0.5 - column) * (c + 0.5 - column)) / (2 * wide * wide)));
    for (let r = Math.max(0, Math.floor(row - 3 * high)); r < Math.min(rows, row + 3 * high); r++) {
      const weight = lobe.weight * exp(-((r + 0.5 - row) * (r + 0.5 - row)) / (2 * high * high));
      for (let c = 0; c < columns; c++) values[r * columns + c]! += weight * across[c]!;
    }
  }
  return { rows, columns, values };
}

/** Bilinear between the cells of the coarse map. */
function glandAt(map: Field, row: number, column: number): number {
  const y = Math.max(0, (row + 0.5) / lobeCells - 0.5);
  const x = Math.max(0, (column + 0.5) / lobeCells - 0.5);
  const r = Math.floor(y);
  const c = Math.floor(x);
  const i = r * map.columns + c;
  const upper = map.values[i]! + (x - c) * (map.values[i + 1]! - map.values[i]!);
  const lower = map.values[i + map.columns]! + (x - c) * (map.values[i + map.columns + 1]! - map.values[i + map.columns]!);
  return upper + (y - r) * (lower - upper);
}

function strandLayer(breast: Breast, pose: Pose, grid: Grid): { readonly values: Float32Array } {
  const layer = emptyLayer({ top: 0, left: 0, bottom: grid.rows, right: grid.columns }, grid);
  const at = (point: Point3): readonly [number, number] => {
    const [down, behind] = project(point, pose);
    return [grid.nippleRow + down / grid.pitch, grid.nippleColumn - behind / grid.pitch];
  };
  const pieces = 6;
  for (const { ends, mmWide, contrast } of breast.strands) {
    const [start, middle, end] = ends.map(at) as [readonly [number, number], readonly [number, number], readonly [number, number]];
    // A quadratic Bezier curve in short straight pieces.
    const curve = (t: number): readonly [number, number] => {
      const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
      return [a * start[0] + b * middle[0] + c * end[0], a * start[1] + b * middle[1] + c * end[1]];
    };
    for (let k = 0; k < pieces; k++)
      paintLine(layer, { from: curve(k / pieces), to: curve((k + 1) / pieces), width: mmWide / grid.pitch, value: contrast, taper: 1 }, larger);
  }
  return layer;
}
