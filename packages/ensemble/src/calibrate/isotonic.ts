import { checkLabelled } from "../labelled.ts";
import type { IsotonicCalibrator } from "./calibrator.ts";

/** Cases of neighbouring scores that share one probability. */
interface Block {
  readonly first: number;
  readonly last: number;
  readonly positives: number;
  readonly count: number;
}

/**
 * Fits the never-falling step curve nearest to the labels (least squares), linear between its knots.
 *
 * scores: any finite numbers; labels: 0 or 1. Equal scores are merged first. Within a plateau the order of cases is lost:
 * compute rank metrics on the raw score. With far fewer than 1000 cases prefer `fitPlatt`.
 * Throws RangeError for unequal lengths, no cases, scores that are not finite, labels other than 0 and 1.
 * Source: re-implementation of pool adjacent violators (Ayer et al. 1955) with scikit-learn's conventions for ties and knots.
 *
 * @example fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1]); // scores [1, 2, 3, 4], probabilities [0, 0.5, 0.5, 1]
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): IsotonicCalibrator {
  checkLabelled(scores, labels);
  const blocks: Block[] = [];
  for (const block of tiedBlocks(scores, labels)) {
    let pooled = block;
    for (let before = blocks.at(-1); before && mean(before) >= mean(pooled); before = blocks.at(-1)) {
      pooled = { first: before.first, last: pooled.last, positives: before.positives + pooled.positives, count: before.count + pooled.count };
      blocks.pop();
    }
    blocks.push(pooled);
  }
  // A plateau needs its two ends only.
  const knots = blocks.flatMap((block) =>
    block.first === block.last ? [[block.first, mean(block)] as const] : [[block.first, mean(block)] as const, [block.last, mean(block)] as const],
  );
  return { kind: "isotonic", scores: knots.map(([score]) => score), probabilities: knots.map(([, probability]) => probability) };
}

const mean = ({ positives, count }: Block) => positives / count;

/** One block for each different score, rising. */
function tiedBlocks(scores: ArrayLike<number>, labels: ArrayLike<number>): Block[] {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const blocks: Block[] = [];
  for (const i of order) {
    const score = scores[i]!;
    const before = blocks.at(-1);
    if (before?.last === score) blocks[blocks.length - 1] = { ...before, positives: before.positives + labels[i]!, count: before.count + 1 };
    else blocks.push({ first: score, last: score, positives: labels[i]!, count: 1 });
  }
  return blocks;
}
