import { type Box, boxFromSource, boxToSource, type Grid, type MappedToSource, minMax, requireKnownKeys } from "@mammo/mammogram";
import { concat, type Tensor } from "@tensorflow/tfjs-core";
import type { CaracNet, LesionCrops } from "../caracNet.ts";
import { lesionGeometry } from "../lesionGeometry.ts";
import type { StoredGrid } from "./crop.ts";
import { type FlipOptions, flipGrid, looks } from "./flips.ts";
import { contextTimes, cropAround, fineTimes } from "./lesionCrops.ts";
import { meanLogits, probabilityOf } from "./meanLogits.ts";
import { requireInside } from "./requireInside.ts";
import { type RunnerOptions, tfjsRunner } from "./runner.ts";
import { plainBatch } from "./toBatch.ts";

/** A lesion that someone or something has found. */
export interface ProposedLesion {
  /** Pixels of the view. */
  readonly box: Box;
  /** Of the detector that proposed it, in [0, 1]. */
  readonly score?: number;
}

/** What a CaracNet says of a lesion. */
export interface Characterization {
  /** Probability in [0, 1], not calibrated. */
  readonly malignancy: number;
  /** Probability of each of the model's kinds; they sum to 1. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The box in pixels of the file, where the view knows its way back. */
  readonly source?: Box;
}

/** How lesions are shown to the graph. */
export interface CharacterizeOptions extends FlipOptions, RunnerOptions {
  /** Pixels of a crop's side; default 224. */
  readonly side?: number;
  /** Code of the view, such as "CC". */
  readonly view?: string;
  /** The same image at a finer spacing, for the fine crops; default: the view itself. */
  readonly fine?: (Grid | StoredGrid) & MappedToSource;
}

/** [B, 1 + kinds]: malignancy first. */
const logitsOf = (model: Pick<CaracNet, "apply">, crops: Readonly<Record<"fine" | "context" | "geometry", Tensor>>) => {
  const { malignancy, kind } = model.apply(crops as LesionCrops);
  return { logits: concat([malignancy, kind], 1) };
};

/** Lesions in one run of the graph; more are run in turns. */
const atOnce = 16;

/**
 * Lesions of one view -> malignancy and kind of each, in their order. Plain in, plain out: no tensor leaves. With flips, the mean of the logits.
 *
 * @throws ModelError `box-outside` for a box whose center is not in the view; RangeError for a box without extent, or a `fine` image beside a view that does
 * not know its way back.
 * @example
 * const found = await detectLesions(detector, image);
 * const [first] = await characterizeLesions(model, image, found, { view: "MLO" });
 */
export async function characterizeLesions(
  model: Pick<CaracNet, "apply" | "options">,
  view: Grid & Partial<MappedToSource> & { readonly mmPerPixel: number },
  lesions: readonly ProposedLesion[],
  options: CharacterizeOptions = {},
): Promise<Characterization[]> {
  requireKnownKeys("characterizeLesions", options, { side: true, view: true, fine: true, flips: true, runner: true });
  const { side = 224, view: code, fine, flips, runner = tfjsRunner } = options;
  const { rows, columns, mmPerPixel, toSource } = view;
  if (fine && !toSource) throw new RangeError("Expected a view that knows its way back (toSource) beside a finer image, got one without.");
  const asked = looks(flips);
  const ready = lesions.map(({ box, score }, index) => {
    requireInside(box, view, `lesion ${index}`);
    const own = fine && toSource ? boxFromSource(boxToSource(box, { toSource }), fine) : box;
    return {
      fine: cropAround(fine ?? view, own, { times: fineTimes, side }),
      context: cropAround(view, box, { times: contextTimes, side }),
      geometry: lesionGeometry({ box, rows, columns, mmPerPixel, view: code, score }),
      ...(toSource ? { source: boxToSource(box, { toSource }) } : {}),
    };
  });
  const found: Characterization[] = [];
  for (let from = 0; from < ready.length; from += atOnce) {
    const some = ready.slice(from, from + atOnce);
    const run = (flip: (typeof asked)[number]) => async () => {
      const batch = (crops: readonly Grid[]) => plainBatch(crops.map((one) => flipGrid(one, flip)));
      const geometry = some.map((one) => one.geometry);
      const crops = {
        fine: batch(some.map((one) => one.fine)),
        context: batch(some.map((one) => one.context)),
        geometry: { shape: [geometry.length, geometry[0]!.length], data: Float32Array.from(geometry.flat()) },
      };
      return (await runner.run(logitsOf, model, crops)).logits.data;
    };
    const logits = await meanLogits(asked.map(run));
    const width = 1 + model.options.classes.length;
    for (const [index, { source }] of some.entries()) {
      const [malignancy, ...kinds] = logits.subarray(index * width, (index + 1) * width);
      found.push({ malignancy: probabilityOf(malignancy!), kinds: shares(model.options.classes, kinds), ...(source ? { source } : {}) });
    }
  }
  return found;
}

/** Softmax by name. */
function shares(names: readonly string[], logits: readonly number[]): Readonly<Record<string, number>> {
  const top = minMax(logits)[1];
  const weights = logits.map((logit) => Math.exp(logit - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(names.map((name, index) => [name, weights[index]! / total]));
}
