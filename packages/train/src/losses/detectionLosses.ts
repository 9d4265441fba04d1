import { requireKnownKeys } from "@mammo/mammogram";
import { add, expandDims, mul, type Scalar, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type FocalOptions, focalLoss } from "./focalLoss.ts";
import { smoothL1Loss } from "./smoothL1Loss.ts";

/** What a detector says of its anchors: logits [B, A, K], offsets [B, A, 4]. */
export interface DetectionOutputs {
  readonly logits: Tensor;
  readonly offsets: Tensor;
}

/** What it should say; `detectionTargets` of `@mammo/models/detection` makes it. */
export interface DetectionTruth {
  /** [B, A, K], 0 or 1. */
  readonly classes: Tensor;
  /** [B, A] with 0 where an anchor is ignored. */
  readonly counted: Tensor;
  /** [B, A] with 1 where an anchor has a truth. */
  readonly matched: Tensor;
  /** [B, A, 4] */
  readonly offsets: Tensor;
}

/** How the losses weigh. */
export interface DetectionLossOptions extends Pick<FocalOptions, "alpha" | "gamma"> {
  /** Loss of the offsets [B, A, 4]; default `smoothL1Loss`. */
  readonly box?: (targets: Tensor, offsets: Tensor, matched: Tensor) => Scalar;
  /** Of the box loss in the total; default 1. */
  readonly boxWeight?: number;
}

/**
 * The losses of a detector on a batch: focal loss of the classes over the anchors that count, and the boxes' loss over those with a truth.
 *
 * Source: Lin et al. 2017. Both are divided by the positives of the whole batch, so that views without a lesion weigh as they should.
 *
 * @example
 * detectionLosses(model.apply(x, mode), targets).total;
 * const giou = (t, o, matched) => giouLoss(decodeOffsets(anchors, t), decodeOffsets(anchors, o), matched);
 * detectionLosses(outputs, targets, { box: giou });
 */
export function detectionLosses(
  outputs: DetectionOutputs,
  truth: DetectionTruth,
  options: DetectionLossOptions = {},
): { readonly classes: Scalar; readonly boxes: Scalar; readonly total: Scalar } {
  requireKnownKeys("detectionLosses", options, { box: true, boxWeight: true, alpha: true, gamma: true });
  const { alpha, gamma, box: boxLoss = smoothL1Loss, boxWeight = 1 } = options;
  return tidy(() => {
    const focal = { ...(alpha === undefined ? {} : { alpha }), ...(gamma === undefined ? {} : { gamma }) };
    const classes = focalLoss(truth.classes, outputs.logits, { ...focal, counted: expandDims(truth.counted, -1) });
    const boxes = boxLoss(truth.offsets, outputs.offsets, truth.matched);
    return { classes, boxes, total: add<Scalar>(classes, mul(boxes, boxWeight)) };
  });
}
