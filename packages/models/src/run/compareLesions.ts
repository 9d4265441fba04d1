import { boxCenter, type Grid, type Point, requireKnownKeys } from "@mammo/mammogram";
import type { CaracNetSymmetry } from "../caracNetSymmetry.ts";
import { ModelError } from "../modelError.ts";
import type { ProposedLesion } from "./characterizeLesions.ts";
import { pairLogits } from "./classifyPair.ts";
import { type FlipOptions, flipGrid, looks } from "./flips.ts";
import { contextTimes, cropAround } from "./lesionCrops.ts";
import { meanLogits, probabilityOf } from "./meanLogits.ts";
import { requireInside } from "./requireInside.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

/** A view with its landmark, chest wall left. */
export type ViewWithNipple = Grid & { readonly nipple?: Point | undefined };

/**
 * The same place of the other breast, as seen from the nipple: both views are chest wall left, so it is as far below it and as far behind. Ours.
 *
 * @throws ModelError `no-nipple` where one of the views lacks it.
 */
export function oppositePlace([row, column]: Point, own: Pick<ViewWithNipple, "nipple">, other: Pick<ViewWithNipple, "nipple">): Point {
  if (!own.nipple || !other.nipple)
    throw new ModelError("no-nipple", `Expected the nipple of both views, got none of ${own.nipple ? "the other" : "its own"} breast's.`);
  return [row - own.nipple[0] + other.nipple[0], column - own.nipple[1] + other.nipple[1]];
}

/**
 * Lesions of one breast -> probability of malignancy of each, given the same place of the other breast in the same view; in their order, not calibrated.
 * Without the other breast the graph's own stand-in for it counts. With flips, the mean of the logits.
 *
 * @throws ModelError `box-outside` for a box whose center is not in the view, `no-nipple` where a view lacks the landmark; RangeError for a box without extent or a nipple that
 * is not finite.
 * @example
 * const [first] = await compareLesions(model, { own: leftMlo, other: rightMlo }, lesions);
 */
export async function compareLesions(
  model: Pick<CaracNetSymmetry, "apply">,
  { own, other }: { readonly own: ViewWithNipple; readonly other?: ViewWithNipple | undefined },
  lesions: readonly ProposedLesion[],
  options: FlipOptions & RunnerOptions & { /** Pixels of a crop's side; default 224. */ readonly side?: number } = {},
): Promise<number[]> {
  requireKnownKeys("compareLesions", options, { flips: true, runner: true, side: true });
  const { side = 224, flips, runner = tfjsRunner } = options;
  const asked = looks(flips);
  const crops = lesions.map(({ box }, index) => {
    requireInside(box, own, `lesion ${index}`);
    const here = cropAround(own, box, { times: contextTimes, side });
    const there = other && cropAround(other, box, { times: contextTimes, side, center: oppositePlace(boxCenter(box), own, other) });
    return { here, there: there ?? here };
  });
  if (crops.length === 0) return [];
  const run = (flip: (typeof asked)[number]) => async () => {
    const batch = (grids: readonly Grid[]) => plainBatch(grids.map((one) => flipGrid(one, flip)));
    // The graph is the same for both sides: here its own place stands left, whichever breast it is.
    const present = { shape: [crops.length, 2], data: Float32Array.from(crops.flatMap(() => [1, other ? 1 : 0])) };
    const pair = { left: batch(crops.map(({ here }) => here)), right: batch(crops.map(({ there }) => there)), present };
    return (await runner.run(pairLogits, model, pair)).logits.data.filter((_, at) => at % 2 === 0);
  };
  return Array.from(await meanLogits(asked.map(run)), probabilityOf);
}
