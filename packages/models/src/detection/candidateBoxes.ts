import { requireKnownKeys } from "@mammo/mammogram";
import { decodeBoxes } from "./boxCoder.ts";
import { boxAt, boxCount } from "./flatBoxes.ts";
import { requireShare, type Scored } from "./nms.ts";

/** What a RetinaNet says of one image, as plain numbers. */
export interface RawDetections {
  /** [A, K] */
  readonly logits: Float32Array;
  /** [A, 4] */
  readonly offsets: Float32Array;
  /** [A, 4], pixels of the image */
  readonly anchors: Float32Array;
  /** K */
  readonly classes: number;
  /** Of the image. */
  readonly rows: number;
  readonly columns: number;
}

/** Which anchors become boxes at all. */
export interface CandidateOptions {
  /** Probabilities below are left out, in [0, 1]; default 0.05. */
  readonly minScore?: number;
  /** Of each class, at most so many; default 1000. */
  readonly candidates?: number;
}

/**
 * Each class's best anchors as boxes, cut at the image's edges, with the sigmoid of their logit.
 *
 * @throws RangeError where logits and offsets are not of the anchors, or an option is out of range.
 */
export function candidateBoxes(raw: RawDetections, options: CandidateOptions = {}): Scored[] {
  requireKnownKeys("candidateBoxes", options, { minScore: true, candidates: true });
  const { minScore = 0.05, candidates = 1000 } = options;
  const { logits, offsets, anchors, classes, rows, columns } = raw;
  requireShare(minScore, "minScore");
  if (!(candidates >= 1)) throw new RangeError(`Expected candidates of at least 1, got ${candidates}.`);
  const count = boxCount(anchors, "anchors");
  if (logits.length !== count * classes || offsets.length !== count * 4)
    throw new RangeError(
      `Expected logits and offsets of ${count} anchors and ${classes} classes, got ${logits.length} and ${offsets.length} numbers.`,
    );
  // The same bound on the logit: no exponential for what is left out, which is nearly all.
  const least = Math.log(minScore / (1 - minScore));
  const best = Array.from({ length: classes }, (_, label) => {
    const found: { readonly anchor: number; readonly logit: number; readonly label: number }[] = [];
    for (let anchor = 0; anchor < count; anchor++) {
      const logit = logits[anchor * classes + label]!;
      if (logit >= least) found.push({ anchor, logit, label });
    }
    return found.sort((a, b) => b.logit - a.logit).slice(0, candidates);
  }).flat();
  return best
    .map(({ anchor, logit, label }): Scored => {
      const [from, to] = [4 * anchor, 4 * anchor + 4];
      const { top, left, bottom, right } = boxAt(decodeBoxes(anchors.subarray(from, to), offsets.subarray(from, to)), 0);
      const cut = (value: number, end: number) => Math.min(Math.max(value, 0), end);
      const box = { top: cut(top, rows), left: cut(left, columns), bottom: cut(bottom, rows), right: cut(right, columns) };
      return { box, label, score: 1 / (1 + Math.exp(-logit)) };
    })
    .filter(({ box }) => box.bottom > box.top && box.right > box.left);
}
