import type { Random } from "@mammo/mammogram";
import type { StoredPixels, StoredView } from "../../store/imageStore.ts";

/** A place in the breast whose middle holds no lesion. Of three candidates the brightest half of the time: dense tissue makes the hard negatives [O]. */
export function backgroundPlace(
  random: Random,
  { lesions }: Pick<StoredView, "lesions">,
  source: StoredPixels,
): readonly [row: number, column: number] {
  const { breast, pixels: values, columns } = source;
  const candidates: [row: number, column: number][] = [];
  for (let attempt = 0; attempt < 200 && candidates.length < 3; attempt++) {
    const row = random.between(breast.top, breast.bottom);
    const column = random.between(breast.left, breast.right);
    const clear = lesions.every(({ box }) => row < box.top - 48 || row > box.bottom + 48 || column < box.left - 48 || column > box.right + 48);
    if (clear && (values[Math.floor(row) * columns + Math.floor(column)] ?? 0) > 0) candidates.push([row, column]);
  }
  if (candidates.length === 0) return [breast.bottom, breast.right];
  return random.chance(0.5) ? candidates[0]! : candidates.reduce((best, next) => (brightness(source, next) > brightness(source, best) ? next : best));
}

function brightness({ pixels: values, rows, columns }: StoredPixels, [row, column]: readonly [number, number]): number {
  let sum = 0;
  for (let r = row - 40; r < row + 40; r += 8)
    for (let c = column - 40; c < column + 40; c += 8)
      if (r >= 0 && r < rows && c >= 0 && c < columns) sum += values[Math.floor(r) * columns + Math.floor(c)]!;
  return sum;
}
