import { type Box, boxToSource, type Grid, type MappedToSource, requireKnownKeys } from "@mammo/mammogram";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { candidateBoxes } from "../detection/candidateBoxes.ts";
import { type DetectionOptions, suppressed } from "../detection/detections.ts";
import type { RetinaNet } from "../retinaNet.ts";
import { type FlipOptions, flipBox, flipGrid, looks } from "./flips.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

const outputs = (model: Pick<RetinaNet, "apply">, { view }: { readonly view: Tensor }) => {
  const { logits, offsets } = model.apply(view as Tensor4D);
  return { logits, offsets };
};

/** A place where a lesion may be. */
export interface LesionDetection {
  /** Pixels of the view. */
  readonly box: Box;
  /** One of the model's classes. */
  readonly class: string;
  /** Its index among them. */
  readonly label: number;
  /** In [0, 1], not calibrated. */
  readonly score: number;
  /** The box in pixels of the file, where the view knows its way back. */
  readonly source?: Box;
}

/**
 * A view -> lesions in falling score. Plain in, plain out: no tensor leaves. With flips, boxes of all looks go into one suppression: the surest look at a
 * place speaks for it (ours).
 *
 * @throws RangeError where the view is smaller than the model takes, or an option is out of range.
 * @example
 * const [first] = await detectLesions(model, image, { minScore: 0.1, flips: ["rows"] });
 */
export async function detectLesions(
  model: Pick<RetinaNet, "apply" | "anchors" | "options">,
  view: Grid & Partial<MappedToSource>,
  options: DetectionOptions & FlipOptions & RunnerOptions = {},
): Promise<LesionDetection[]> {
  requireKnownKeys("detectLesions", options, {
    most: true,
    minScore: true,
    candidates: true,
    iou: true,
    classWise: true,
    flips: true,
    runner: true,
  });
  const { flips, runner = tfjsRunner, minScore, candidates, ...suppression } = options;
  const { rows, columns, toSource } = view;
  const { classes } = model.options;
  const found = [];
  for (const flip of looks(flips)) {
    const { logits, offsets } = await runner.run(outputs, model, { view: plainBatch([flipGrid(view, flip)]) });
    const raw = { logits: logits.data, offsets: offsets.data };
    const boxes = candidateBoxes({ ...raw, anchors: model.anchors(rows, columns), classes: classes.length, rows, columns }, { minScore, candidates });
    for (const one of boxes) found.push({ ...one, box: flipBox(one.box, flip, view) });
  }
  return suppressed(found, suppression).map(({ box, label, score }) => ({
    ...{ box, class: classes[label]!, label, score },
    ...(toSource ? { source: boxToSource(box, { toSource }) } : {}),
  }));
}
