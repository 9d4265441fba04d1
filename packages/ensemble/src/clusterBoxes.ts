import { middleGrid } from "./middleGrid.ts";

/** Boxes in the order in which they are tried, side by side in arrays: fifty models give thousands, and objects would cost several times as much. */
export interface BoxColumns {
  /** Top, left, bottom, right of one box after the other. */
  readonly sides: Float64Array;
  /** What each box weighs in the mean; may be 0. */
  readonly votes: Float64Array;
  readonly labels: ArrayLike<number>;
}

/** Clusters of boxes, and the mean box of each. */
export interface BoxClusters {
  readonly count: number;
  /** Of each box, in the order in which clusters began. */
  readonly clusterOf: Int32Array;
  /** As in `BoxColumns`; one for each cluster. */
  readonly sides: Float64Array;
  readonly labels: Float64Array;
}

/**
 * The loop of weighted box fusion: each box joins the cluster of its label whose mean box it overlaps most, above the threshold (the earliest of equals), and moves that mean; else
 * it begins a cluster.
 */
export function clusterBoxes({ sides, votes, labels }: BoxColumns, iouThreshold: number): BoxClusters {
  const count = votes.length;
  const clusterOf = new Int32Array(count);
  const means = new Float64Array(4 * count);
  // Sums of vote times side, of votes, and of sides alone, for members that all vote 0 and weigh alike.
  const weighted = new Float64Array(4 * count);
  const plain = new Float64Array(4 * count);
  const [total, size] = [new Float64Array(count), new Int32Array(count)];
  const labelOf = new Float64Array(count);
  const grid = middleGrid(sides, iouThreshold);
  const { heads, next, found } = grid;
  let clusters = 0;
  for (let i = 0; i < count; i++) {
    const top = sides[4 * i]!;
    const left = sides[4 * i + 1]!;
    const bottom = sides[4 * i + 2]!;
    const right = sides[4 * i + 3]!;
    const area = (bottom - top) * (right - left);
    const label = labels[i]!;
    let best = -1;
    let most = iouThreshold;
    const cells = grid.around(top, left, bottom, right);
    for (let c = 0; c < cells; c++)
      for (let k = heads[found[c]!]!; k >= 0; k = next[k]!) {
        const otherTop = means[4 * k]!;
        const otherBottom = means[4 * k + 2]!;
        const height = Math.min(bottom, otherBottom) - Math.max(top, otherTop);
        if (height <= 0 || labelOf[k] !== label) continue;
        const otherLeft = means[4 * k + 1]!;
        const otherRight = means[4 * k + 3]!;
        const width = Math.min(right, otherRight) - Math.max(left, otherLeft);
        if (width <= 0) continue;
        const overlap = (height * width) / (area + (otherBottom - otherTop) * (otherRight - otherLeft) - height * width);
        if (overlap > most || (overlap === most && best >= 0 && k < best)) {
          best = k;
          most = overlap;
        }
      }
    const k = best >= 0 ? best : clusters++;
    clusterOf[i] = k;
    labelOf[k] = label;
    total[k]! += votes[i]!;
    size[k]!++;
    for (let side = 0; side < 4; side++) {
      weighted[4 * k + side]! += votes[i]! * sides[4 * i + side]!;
      plain[4 * k + side]! += sides[4 * i + side]!;
      means[4 * k + side] =
        size[k] === 1 ? sides[4 * i + side]! : total[k]! > 0 ? weighted[4 * k + side]! / total[k]! : plain[4 * k + side]! / size[k]!;
    }
    grid.put(k, means[4 * k]!, means[4 * k + 1]!, means[4 * k + 2]!, means[4 * k + 3]!);
  }
  return { count: clusters, clusterOf, sides: means.subarray(0, 4 * clusters), labels: labelOf.subarray(0, clusters) };
}
