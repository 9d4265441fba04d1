// S2-head's batches: the detector's heatmaps of whole views, computed once while the trunk rests.
import type { DreamNet } from "@mammo/models";
import { type Tensor1D, type Tensor4D, tensor1d, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { progress } from "../shared/progress.ts";
import { loadPixels, type StandardView } from "./standards.ts";
import { type BatchOptions, copyView, drawViews } from "./views.ts";

export type HeatmapBatch = { readonly heatmaps: Tensor4D; readonly labels: Tensor1D };

/** The batches of `viewBatches` as heatmaps of the model's trunk as it is at the first call. */
export function heatmapBatches(model: DreamNet, views: readonly StandardView[], options: BatchOptions): (step: number) => Promise<HeatmapBatch> {
  const draw = drawViews(views, options);
  let stored: ReadonlyMap<StandardView, Heatmaps> | undefined;
  return async (step) => {
    stored ??= await heatmapsOf(model, views);
    const drawn = draw(step).map(({ view, flip }) => ({ label: view.cancer!, ...stored!.get(view)![flip ? "flipped" : "upright"] }));
    const [{ values, shape }] = drawn as [(typeof drawn)[0]];
    const all = new Float32Array(drawn.length * values.length);
    for (const [item, { values }] of drawn.entries()) all.set(values, item * values.length);
    return { heatmaps: tensor4d(all, [drawn.length, ...shape]), labels: tensor1d(drawn.map(({ label }) => label)) };
  };
}

interface Stored {
  readonly values: Float32Array;
  readonly shape: readonly [rows: number, columns: number, classes: number];
}
type Heatmaps = Readonly<Record<"upright" | "flipped", Stored>>;

async function heatmapsOf(model: DreamNet, views: readonly StandardView[]): Promise<Map<StandardView, Heatmaps>> {
  const shown = progress("heatmaps", views.length);
  const stored = new Map<StandardView, Heatmaps>();
  for (const view of views) {
    const source = await loadPixels(view);
    stored.set(view, {
      upright: await heatmapOf(model, view, { source, flip: false }),
      flipped: await heatmapOf(model, view, { source, flip: true }),
    });
    shown.update(stored.size);
  }
  shown.end(`${views.length} views`);
  return stored;
}

async function heatmapOf(
  model: DreamNet,
  { rows, columns }: StandardView,
  { source, flip }: { readonly source: Uint16Array; readonly flip: boolean },
): Promise<Stored> {
  const pixels = new Float32Array(rows * columns);
  copyView(source, { rows, columns, flip }, pixels);
  const heatmap = tidy(() => model.heatmap(tensor4d(pixels, [1, rows, columns, 1])));
  const [, high, wide, classes] = heatmap.shape;
  const values = (await heatmap.data()) as Float32Array;
  heatmap.dispose();
  return { values, shape: [high, wide, classes] };
}
