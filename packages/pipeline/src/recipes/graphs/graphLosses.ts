// What each graph minimizes on its batches.
import type { CaracNet, CaracNetSymmetry, DetectorNet, DreamNet, DreamNetSymmetry, Model, RetinaNet } from "@mammo/models";
import { detectionLosses, type Loss, sigmoidCrossEntropy, softmaxCrossEntropy } from "@mammo/train";
import { add, div, mean, mul, type Scalar, slice, sub, type Tensor2D } from "@tensorflow/tfjs-core";
import type { BatchKind, BatchOf } from "../threads/plainBatches.ts";
import type { PairBatch } from "./pairBatches.ts";

/** The kinds of batches that the graphs' recipe trains on. */
export type GraphKind = Exclude<BatchKind, "lesionPatches">;

/** The graphs by the kind of batch that they train on. */
export interface GraphOf extends Record<GraphKind, Model> {
  readonly patches: DetectorNet;
  readonly windows: RetinaNet;
  readonly lesions: CaracNet;
  readonly opposite: CaracNetSymmetry;
  readonly views: DreamNet;
  readonly pairs: DreamNetSymmetry;
}

/** The mean over the sides that are present: an absent one's logit is taken as 0, which costs log 2 and moves nothing, and that is taken out again. */
export function ofPresent({ labels, present }: PairBatch, logits: Tensor2D): Scalar {
  const share = mean<Scalar>(present);
  return div(sub(sigmoidCrossEntropy(labels, mul(logits, present)), mul(sub(1, share), Math.LN2)), share);
}

/** The losses by kind of batch. */
export const graphLosses: { readonly [Kind in GraphKind]: Loss<GraphOf[Kind], BatchOf[Kind]> } = {
  patches: (model, { pixels, classes }, mode) => softmaxCrossEntropy(classes, model.apply(pixels, mode)),
  // Batch norm's running statistics are the detector's, of sixteen patches a step: eight windows of one device are no better.
  windows: (model, { pixels, ...truth }) => detectionLosses(model.apply(pixels), truth).total,
  lesions(model, { labels, kinds, ...lesions }, mode) {
    const { malignancy, kind } = model.apply(lesions, mode);
    return add(sigmoidCrossEntropy(labels, malignancy), softmaxCrossEntropy(kinds, kind));
  },
  /** The lesions all stand left; of the places opposite nothing is asked. */
  opposite: (model, { labels, ...pair }, mode) => sigmoidCrossEntropy(labels, slice(model.apply(pair, mode), [0, 0], [labels.size, 1])),
  views: (model, { pixels, labels }) => sigmoidCrossEntropy(labels, model.apply(pixels)),
  pairs: (model, batch) => ofPresent(batch, model.apply(batch)),
};
