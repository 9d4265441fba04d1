import type { Box } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { type Tensor2D, type Tensor3D, tensor2d, tensor3d } from "@tensorflow/tfjs-core";
import { encodeBoxes } from "./boxCoder.ts";
import { boxCount, flatBoxes } from "./flatBoxes.ts";
import { background, type MatchOptions, matchAnchors } from "./matchAnchors.ts";

/** A true lesion of a view: where, and the index of its class. */
export interface TrueBox {
  readonly box: Box;
  readonly label: number;
}

/** What a detector should say of a batch, as the losses of `@mammo/train` take it. */
export interface DetectionTargets {
  /** 1 for the class of the anchor's truth, else 0: [B, A, K]. */
  readonly classes: Tensor3D;
  /** 1 for anchors that count, 0 for ignored ones: [B, A]. */
  readonly counted: Tensor2D;
  /** 1 for anchors with a truth: [B, A]. */
  readonly matched: Tensor2D;
  /** From the anchor to its truth; 0 without one: [B, A, 4]. */
  readonly offsets: Tensor3D;
}

/** The K classes, and how anchors are matched. */
export interface TargetOptions extends MatchOptions {
  /** K */
  readonly classes: number;
}

const targetOptionNames = { classes: true, positive: true, negative: true, lowQuality: true } satisfies Record<keyof TargetOptions, true>;

/** `DetectionTargets` as plain numbers. */
export type PlainDetectionTargets = {
  readonly [Name in keyof DetectionTargets]: { readonly data: Float32Array; readonly shape: DetectionTargets[Name]["shape"] };
};

/**
 * The true boxes of each view of a batch -> targets for its anchors [A, 4]. A view may have none. The caller owns the tensors.
 *
 * @throws RangeError for no view, a label that is no index of the K classes, and a box without extent.
 */
export function detectionTargets(anchors: Float32Array, views: readonly (readonly TrueBox[])[], options: TargetOptions): DetectionTargets {
  requireKnownKeys("detectionTargets", options, targetOptionNames);
  const { classes, counted, matched, offsets } = plainDetectionTargets(anchors, views, options);
  return {
    classes: tensor3d(classes.data, classes.shape),
    counted: tensor2d(counted.data, counted.shape),
    matched: tensor2d(matched.data, matched.shape),
    offsets: tensor3d(offsets.data, offsets.shape),
  };
}

/**
 * The numbers of `detectionTargets`, in the same order, for threads that have no backend.
 *
 * @throws RangeError as `detectionTargets`.
 * @example
 * const { matched } = plainDetectionTargets(model.anchors(256, 256), [[{ box, label: 0 }]], { classes: 4 }); // matched.shape: [1, A]
 */
export function plainDetectionTargets(anchors: Float32Array, views: readonly (readonly TrueBox[])[], options: TargetOptions): PlainDetectionTargets {
  requireKnownKeys("plainDetectionTargets", options, targetOptionNames);
  const { classes, ...match } = options;
  if (views.length === 0) throw new RangeError("Expected at least one view, got none.");
  const count = boxCount(anchors, "anchors");
  const [onehot, counted, matched, offsets] = [classes, 1, 1, 4].map((size) => new Float32Array(views.length * count * size)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (const [view, truths] of views.entries()) {
    for (const { label } of truths)
      if (!(Number.isInteger(label) && label >= 0 && label < classes))
        throw new RangeError(`Expected labels from 0 to ${classes - 1}, got ${label} in view ${view}.`);
    const boxes = flatBoxes(truths.map(({ box }) => box));
    for (const [anchor, truth] of matchAnchors(anchors, boxes, match).entries()) {
      const at = view * count + anchor;
      if (truth >= background) counted[at] = 1;
      if (truth < 0) continue;
      matched[at] = 1;
      onehot[at * classes + truths[truth]!.label] = 1;
      offsets.set(encodeBoxes(anchors.subarray(4 * anchor, 4 * anchor + 4), boxes.subarray(4 * truth, 4 * truth + 4)), 4 * at);
    }
  }
  return {
    classes: { data: onehot, shape: [views.length, count, classes] },
    counted: { data: counted, shape: [views.length, count] },
    matched: { data: matched, shape: [views.length, count] },
    offsets: { data: offsets, shape: [views.length, count, 4] },
  };
}
