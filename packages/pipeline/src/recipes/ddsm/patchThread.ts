// What a thread of S1 runs: the patches of `drawLesionPatches`, from films that it reads itself.
import { type LesionCrop, readLesionCrop } from "@mammo/io/node";
import type { Grid } from "@mammo/mammogram";
import type { BatchModule } from "@mammo/train/node";
import { type PlainView, reopenViews } from "../../store/imageStore.ts";
import { type CroppedLesion, drawLesionPatches, type LesionPatchBatchOptions } from "./lesionPatches.ts";
import { lesionTraits } from "./lesionTraits.ts";

/** `LesionPatchBatchOptions` as plain data. */
export interface PatchThreadData extends Omit<LesionPatchBatchOptions, "views" | "crops"> {
  readonly views: readonly PlainView[];
  readonly crops: readonly LesionCrop[];
  /** Of decoded films that the thread keeps. */
  readonly cacheBytes: number;
}

/** What `batchThreads` runs in a thread. */
export const batches: BatchModule<PatchThreadData> = async ({ views, crops, cacheBytes, ...options }) => {
  const { size, side } = options;
  const draw = drawLesionPatches({ ...options, views: await reopenViews(views, { cacheBytes }), crops: crops.map(readOnce) });
  return async (step, mined) => {
    const { pixels, classes, traits, known } = await draw(step, mined);
    return {
      pixels: { shape: [size, side, side, 1], data: pixels },
      classes: { shape: [size], data: classes },
      traits: { shape: [size, lesionTraits.length], data: traits },
      known: { shape: [size, lesionTraits.length], data: known },
    };
  };
};

/** A lesion known as a crop, read when it is first drawn. */
export function readOnce(crop: LesionCrop): CroppedLesion {
  let kept: Promise<Grid> | undefined;
  return { kind: crop.kind, malignant: crop.malignant, stored: crop, read: () => (kept ??= readLesionCrop(crop)) };
}
