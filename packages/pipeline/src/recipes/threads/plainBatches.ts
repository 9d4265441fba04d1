// The batches of the recipes by kind: what is sent to a thread is a name.
import { type MinedPlace, pairBreasts } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import type { StoredView } from "../../store/imageStore.ts";
import { type LesionPatchBatch, type LesionPatchOptions, plainLesionPatches } from "../ddsm/lesionPatches.ts";
import { type PatchBatch, plainPatches } from "../dream/patchBatches.ts";
import { type BatchOptions, plainViewBatches, type ViewBatch } from "../dream/viewBatches.ts";
import { type LesionBatch, type LesionOptions, type OppositeBatch, plainLesions, plainOpposites } from "../graphs/lesionBatches.ts";
import { type PairBatch, plainPairs } from "../graphs/pairBatches.ts";
import { plainWindows, type WindowBatch, type WindowOptions } from "../graphs/windowBatches.ts";

/** The batches by their kind. */
export interface BatchOf {
  readonly patches: PatchBatch;
  readonly lesionPatches: LesionPatchBatch;
  readonly windows: WindowBatch;
  readonly lesions: LesionBatch;
  readonly opposite: OppositeBatch;
  readonly views: ViewBatch;
  readonly pairs: PairBatch;
}

/** What batches are made of. */
export type BatchKind = keyof BatchOf;

/** What their making takes beside the views. */
export interface OptionsOf extends Record<BatchKind, BatchOptions> {
  readonly lesionPatches: LesionPatchOptions;
  readonly windows: WindowOptions;
  readonly lesions: LesionOptions;
}

/** Views -> batches of plain numbers, each a pure function of the step and, of windows and lesion patches, of what is mined. */
export const plainBatches: {
  readonly [Kind in BatchKind]: (
    views: readonly StoredView[],
    options: OptionsOf[Kind],
  ) => (step: number, mined: readonly MinedPlace[]) => Promise<PlainBatch>;
} = {
  patches: plainPatches,
  lesionPatches: plainLesionPatches,
  windows: plainWindows,
  lesions: plainLesions,
  opposite: plainOpposites,
  views: plainViewBatches,
  pairs: (views, options) => plainPairs(pairBreasts(views), options),
};
