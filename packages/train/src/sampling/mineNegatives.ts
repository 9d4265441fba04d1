import type { Box, Point } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";

/** A place in a view, and how much of a lesion a net sees there; the higher, the more. */
export interface ScoredPlace {
  /** Row and column in the view, continuous. */
  readonly center: Point;
  readonly score: number;
}

/** A false place of a view: index into the views that were mined. */
export interface MinedPlace extends ScoredPlace {
  readonly view: number;
}

/** How many places are kept, and what is near a lesion. */
export interface MineOptions {
  /** Of all views together, the highest. */
  readonly most: number;
  /** Of one view, the highest: a view full of false places does not crowd out all others. Default 3. */
  readonly perView?: number;
  /** A place this near to a lesion's box, pixels, is none that is false. Default 48. */
  readonly margin?: number;
}

/**
 * Hard negatives: the highest places of views that lie on no lesion, in falling score, at a tie in the order of the views and of their places. What `score` gives is the net's as it
 * is, one view after the other; the same scores, the same list. In `Stage.negatives` the list becomes part of the run's state. Ours.
 *
 * @throws RangeError for counts that are no whole numbers above 0, a margin below 0, or a score or center that is no finite number.
 * @example
 * const negatives = { every: 500, mine: () => mineNegatives(views, (view) => cellsOf(model, view), { most: 400 }) };
 */
export async function mineNegatives<View extends { readonly lesions: readonly { readonly box: Box }[] }>(
  views: readonly View[],
  score: (view: View) => Promise<readonly ScoredPlace[]> | readonly ScoredPlace[],
  options: MineOptions,
): Promise<MinedPlace[]> {
  requireKnownKeys("mineNegatives", options, { most: true, perView: true, margin: true });
  const { most, perView = 3, margin = 48 } = options;
  for (const [name, count] of Object.entries({ most, perView }))
    if (!(Number.isInteger(count) && count > 0)) throw new RangeError(`Expected ${name} to be a whole number above 0, got ${count}.`);
  if (!(margin >= 0)) throw new RangeError(`Expected a margin of at least 0 pixels, got ${margin}.`);
  const mined: MinedPlace[] = [];
  for (const [index, view] of views.entries()) {
    const places = await score(view);
    const wrong = places.find(({ score, center }) => ![score, ...center].every(Number.isFinite));
    if (wrong)
      throw new RangeError(`Expected places of view ${index} with finite scores and centers, got ${wrong.score} at ${wrong.center.join(", ")}.`);
    const isFalse = ({ center }: ScoredPlace) => view.lesions.every(({ box }) => !isNear(box, center, margin));
    const own = places.filter(isFalse).sort(byScore).slice(0, perView);
    for (const { center, score: value } of own) mined.push({ view: index, center: [center[0], center[1]], score: value });
  }
  return mined.sort(byScore).slice(0, most);
}

/** Sorting is stable: at a tie what came first stays first. */
const byScore = (a: ScoredPlace, b: ScoredPlace): number => b.score - a.score;

const isNear = ({ top, left, bottom, right }: Box, [row, column]: Point, margin: number): boolean =>
  row >= top - margin && row <= bottom + margin && column >= left - margin && column <= right + margin;
