// The two stages as data: what is minimized, on which batches, by which optimizer.
import type { LesionCrop } from "@mammo/io/node";
import { type DetectorNet, type DreamNet, detectorClasses } from "@mammo/models";
import { adam, type Loss, mineNegatives, type Stage, sigmoidCrossEntropy, softmaxCrossEntropy } from "@mammo/train";
import { add, mul, reshape, type Scalar, slice, sub, type Tensor2D } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { type RecipeBatches, recipeBatches } from "../threads/recipeBatches.ts";
import { cellCrossEntropy } from "./cellCrossEntropy.ts";
import { type DdsmConfig, trapezoid } from "./ddsmConfig.ts";
import { type FilmBatch, filmBatches } from "./filmBatches.ts";
import type { LesionPatchBatch, LesionPatchOptions } from "./lesionPatches.ts";
import { lesionTraits } from "./lesionTraits.ts";
import { scoreCells } from "./scoreCells.ts";

/** What the stages learn from. */
export interface DdsmLessons {
  readonly train: readonly StoredView[];
  /** Lesions known as crops only, of women who neither validate nor test. */
  readonly crops: readonly LesionCrop[];
  readonly seed: number;
  readonly config: DdsmConfig;
}

/** S1's average: batch norm's own running statistics remember ten batches, too few to be judged by on whole films. */
const averaged = { decay: 0.995 } as const;

/** S1: patches, which this thread makes where no others do. */
export function patchStage(
  lessons: DdsmLessons,
  { batch, batchIds }: RecipeBatches<LesionPatchBatch> = recipeBatches(lessons.train, { kind: "lesionPatches", options: patchOptions(lessons) }),
): Stage<DetectorNet, LesionPatchBatch> {
  const { train, config } = lessons;
  const { stages, mined } = config;
  const { S1 } = stages;
  return {
    name: "S1",
    steps: S1.steps,
    loss: patchLoss(config.traits),
    transform: adam({ learningRate: trapezoid(S1), weightDecay: S1.weightDecay, clipNorm: 5 }),
    batch,
    batchIds,
    ...(mined
      ? {
          negatives: {
            every: mined.every,
            mine: (detector) => mineNegatives(train, (view) => scoreCells(detector, view), { most: mined.most }),
          },
        }
      : {}),
    ema: averaged,
  };
}

/** How S1's patches are drawn. */
export function patchOptions({ crops, seed, config }: Omit<DdsmLessons, "train">): LesionPatchOptions {
  const { mined, side, stages } = config;
  return { crops, seed, size: stages.S1.batch, side, minedShare: mined?.share ?? 0 };
}

/** A part of S2: whole films. The first takes over S1's averages, and as documented its Adam variables. */
export function filmStage({ train, seed, config }: DdsmLessons, model: DreamNet, index: number): Stage<DreamNet, FilmBatch> {
  const { S2 } = config.stages;
  const from = Math.round((index * S2.steps) / S2.parts);
  const to = Math.round(((index + 1) * S2.steps) / S2.parts);
  const rate = trapezoid(S2);
  const options = { seed: seed + 1, size: S2.batch };
  const batch = filmBatches(train, model.geometry, options);
  const { batchIds } = recipeBatches(train, { kind: "views", options }); // the same are drawn
  return {
    name: `S2-${index + 1}`,
    steps: to - from,
    loss: filmLoss(config.cells),
    transform: adam({ learningRate: (step) => rate(from + step), weightDecay: S2.weightDecay, clipNorm: 5 }),
    batch: (step) => batch(from + step),
    batchIds: (step) => batchIds(from + step),
    start: { optimizer: true, weights: index === 0 ? "ema" : "raw" },
  };
}

/** Cross-entropy of the five classes, and of the traits that are known. */
function patchLoss(weight: number): Loss<DetectorNet, LesionPatchBatch> {
  return (model, { pixels, classes, traits, known }, mode) => {
    const [size] = classes.shape;
    const logits = reshape(model.apply(pixels, mode), [size, -1]) as Tensor2D;
    const five = softmaxCrossEntropy(classes, slice(logits, [0, 0], [size, detectorClasses.length]));
    const asked = slice(logits, [0, detectorClasses.length], [size, lesionTraits.length]);
    // What is not known becomes a logit of 0 and a label of one half: a constant, without gradient.
    const labels = add(mul(traits, known), mul(sub(1, known), 0.5));
    return add<Scalar>(five, mul(sigmoidCrossEntropy(labels, mul(asked, known)), weight));
  };
}

/** Cross-entropy of the view's label, and of what its cells should say: the first alone would unlearn the second. */
function filmLoss(weight: number): Loss<DreamNet, FilmBatch> {
  return (model, { pixels, labels, cells }) => {
    // Batch norm's statistics stay S1's averages: four views are too few for their own.
    const { logit, heatmap } = model.applyWithHeatmap(pixels);
    const dense = cellCrossEntropy(cells, reshape(heatmap, cells.shape));
    return add<Scalar>(sigmoidCrossEntropy(labels, logit), mul(dense, weight / labels.size));
  };
}
