import { requireKnownKeys } from "@mammo/mammogram";
import { boxCount, flatIou } from "./flatBoxes.ts";

/** What an anchor is matched to where it is no truth's. */
export const background = -1;
/** Between background and match: such an anchor counts in no loss. */
export const ignored = -2;

/** From which overlaps on an anchor is what. */
export interface MatchOptions {
  /** IoU from which on an anchor is the truth's; default 0.5. */
  readonly positive?: number;
  /** IoU below which it is background; default 0.4. */
  readonly negative?: number;
  /** Each truth takes its best anchors too, however little they overlap; default true. Without it small lesions have no anchor at all. */
  readonly lowQuality?: boolean;
}

const matchOptionNames = { positive: true, negative: true, lowQuality: true } satisfies Record<keyof MatchOptions, true>;

/**
 * For each anchor [A, 4] the index of its truth [M, 4], or `background` (−1) or `ignored` (−2).
 *
 * Source: torchvision's Matcher. Re-implementation, but that a truth which no anchor touches at all takes none; there it would take every anchor that
 * does not touch it.
 *
 * @throws RangeError unless 0 ≤ negative ≤ positive ≤ 1.
 */
export function matchAnchors(anchors: Float32Array, truths: Float32Array, options: MatchOptions = {}): Int32Array {
  requireKnownKeys("matchAnchors", options, matchOptionNames);
  const { positive = 0.5, negative = 0.4, lowQuality = true } = options;
  if (!(negative >= 0 && negative <= positive && positive <= 1))
    throw new RangeError(`Expected 0 <= negative <= positive <= 1, got ${negative} and ${positive}.`);
  const [count, many] = [boxCount(anchors, "anchors"), boxCount(truths, "truths")];
  const matches = new Int32Array(count).fill(background);
  const nearest = new Int32Array(count);
  const best = new Float64Array(many);
  for (let anchor = 0; anchor < count; anchor++) {
    let highest = 0;
    for (let truth = 0; truth < many; truth++) {
      const overlap = flatIou(anchors, anchor, truths, truth);
      if (overlap > highest) {
        highest = overlap;
        nearest[anchor] = truth;
      }
      best[truth] = Math.max(best[truth]!, overlap);
    }
    if (highest >= positive && highest > 0) matches[anchor] = nearest[anchor]!;
    else if (highest >= negative && many > 0) matches[anchor] = ignored;
  }
  if (!lowQuality) return matches;
  for (let truth = 0; truth < many; truth++) {
    if (best[truth]! === 0) continue;
    for (let anchor = 0; anchor < count; anchor++) if (flatIou(anchors, anchor, truths, truth) === best[truth]) matches[anchor] = nearest[anchor]!;
  }
  return matches;
}
