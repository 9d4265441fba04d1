import type { Box, Point } from "@mammo/mammogram";
import type { Binary } from "./binary.ts";

/** So far from the breast's top and bottom no nipple is looked for. */
const endsMm = 20;

/** So far above and below the farthest point, and so much nearer to the chest wall, a nipple may stand: the breast sags. */
const aroundMm = 40;
const behindMm = 15;

/** What stands out: the outline averaged over 2 mm against what lies 7 to 11 mm above and below. */
const coreMm = 1;
const flankMm = [7, 11] as const;

/** Standing out by less is the skin's own shape; by more than the last, a nipple beyond doubt. A millimeter of distance from the farthest point takes this much of it. */
const leastBumpMm = 1;
const fullBumpMm = 3;
const strayCost = 0.015;

/**
 * The nipple: what stands out most of the breast's outline near the point farthest from the chest wall (column 0), or that point where nothing does.
 *
 * `confidence` in [0, 1]: by how much it stands out, 3 mm being 1; where nothing does, at most 0.3, by how clearly the outline recedes 20 mm above and below. Ours; checked by eye on films.
 */
export function findNipple(mask: Binary, box: Box, mmPerPixel: number): { readonly point: Point; readonly confidence: number } {
  const reach = reachOf(mask, box);
  const mean = meansOf(reach);
  const pixels = (mm: number): number => Math.max(1, Math.round(mm / mmPerPixel));
  const smooth = reach.map((_, at) => mean(at - pixels(2.5), at + pixels(2.5)));
  const far = farthest(smooth, pixels(endsMm));
  const place = (at: number): Point => [box.top + at + 0.5, reach[at]!];

  const bumps = bumpsNear(far, { reach, mean, pixels }).map(({ at, bump }) => ({ at, bump: bump * mmPerPixel }));
  // Every outline is round: what counts is more than the usual bump of this one.
  const usual = bumps.map(({ bump }) => bump).sort((a, b) => a - b)[bumps.length >> 1] ?? 0;
  const score = ({ at, bump }: Bump): number => bump - strayCost * Math.abs(at - far) * mmPerPixel;
  const best = bumps.reduce((found, one) => (score(one) > score(found) ? one : found), { at: far, bump: Number.NEGATIVE_INFINITY });
  const clear = best.bump - usual;
  if (clear >= leastBumpMm) return { point: place(best.at), confidence: Math.min(clear / fullBumpMm, 1) };

  const away = pixels(20);
  const recession = (smooth[far]! - Math.max(smooth[far - away] ?? 0, smooth[far + away] ?? 0)) * mmPerPixel;
  return { point: place(far), confidence: 0.3 * Math.min(Math.max(recession / 10, 0), 1) };
}

/** How far the outline stands out at a row, counted from the breast's top. */
interface Bump {
  readonly at: number;
  readonly bump: number;
}

/** Of the rows around the farthest point, in pixels. */
function bumpsNear(
  far: number,
  outline: { readonly reach: Float64Array; readonly mean: (from: number, to: number) => number; readonly pixels: (mm: number) => number },
): readonly Bump[] {
  const { reach, mean, pixels } = outline;
  const [core, near, flank, around] = [pixels(coreMm), pixels(flankMm[0]), pixels(flankMm[1]), pixels(aroundMm)];
  const bumps: Bump[] = [];
  for (let at = Math.max(flank, far - around); at <= Math.min(reach.length - 1 - flank, far + around); at++) {
    if (reach[at]! < reach[far]! - pixels(behindMm)) continue;
    const [above, below] = [mean(at - flank, at - near), mean(at + near, at + flank)];
    // Across a slope a bump looks larger than it is: like curvature, y'' / (1 + y'^2)^1.5.
    const slope = (below - above) / (near + flank);
    bumps.push({ at, bump: (mean(at - core, at + core) - (above + below) / 2) / (1 + slope ** 2) ** 1.5 });
  }
  return bumps;
}

/** Pixels from column 0 to the breast's last, row by row. */
function reachOf(mask: Binary, box: Box): Float64Array {
  const reach = new Float64Array(box.bottom - box.top);
  for (let row = box.top; row < box.bottom; row++) {
    let column = box.right - 1;
    while (column >= box.left && mask.pixels[row * mask.columns + column] === 0) column--;
    reach[row - box.top] = column + 1;
  }
  return reach;
}

/** Means over places from ... to, both within, of what exists of them. */
function meansOf(values: Float64Array): (from: number, to: number) => number {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, at) => {
    sums[at + 1] = sums[at]! + value;
  });
  return (from, to) => {
    const [first, end] = [Math.max(0, from), Math.min(values.length, to + 1)];
    return (sums[end]! - sums[first]!) / Math.max(end - first, 1);
  };
}

/** The middle of the highest part, away from the ends: those are the image's edge or a fold. */
function farthest(smooth: Float64Array, ends: number): number {
  const margin = Math.min(ends, Math.floor(smooth.length / 4));
  let best = margin;
  for (let at = margin; at < smooth.length - margin; at++) if (smooth[at]! > smooth[best]!) best = at;
  let last = best;
  while (last + 1 < smooth.length && smooth[last + 1]! >= smooth[best]! - 0.5) last++;
  return (best + last) >> 1;
}
