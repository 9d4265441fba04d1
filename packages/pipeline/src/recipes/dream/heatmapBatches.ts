// Batches of S2-head: the detector's heatmaps of whole views, each computed once, since the trunk is frozen.
import { requireKnownKeys } from "@mammo/mammogram";
import type { DreamNet } from "@mammo/models";
import { toTensor } from "@mammo/models";
import { type Tensor1D, type Tensor4D, tensor1d, tensor4d, tidy } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { type BatchOptions, drawViews, toGrid } from "./viewBatches.ts";

/** Heatmaps [B, rows, columns, classes] of logits; labels [B], 0 or 1. */
export type HeatmapBatch = { readonly heatmaps: Tensor4D; readonly labels: Tensor1D };

interface StoredHeatmap {
  readonly values: Float32Array;
  readonly shape: readonly [rows: number, columns: number, classes: number];
}

/** The batches of `viewBatches` as heatmaps of the model's trunk, which must not change meanwhile. A view's heatmap is computed when it is first drawn, and kept. */
export function heatmapBatches(model: DreamNet, views: readonly StoredView[], options: BatchOptions): (step: number) => Promise<HeatmapBatch> {
  requireKnownKeys("heatmapBatches", options, { seed: true, size: true });
  const draw = drawViews(views, options);
  const stored = { upright: new Map<StoredView, StoredHeatmap>(), flipped: new Map<StoredView, StoredHeatmap>() };
  const heatmapOf = async (view: StoredView, flip: boolean): Promise<StoredHeatmap> => {
    const own = stored[flip ? "flipped" : "upright"];
    const found = own.get(view) ?? (await computeHeatmap(model, view, flip));
    own.set(view, found);
    return found;
  };
  return async (step) => {
    const drawn = draw(step);
    const heatmaps: StoredHeatmap[] = [];
    for (const { view, flip } of drawn) heatmaps.push(await heatmapOf(view, flip));
    const { shape, values } = heatmaps[0]!;
    const all = new Float32Array(heatmaps.length * values.length);
    for (const [item, heatmap] of heatmaps.entries()) all.set(heatmap.values, item * values.length);
    return { heatmaps: tensor4d(all, [heatmaps.length, ...shape]), labels: tensor1d(drawn.map(({ view }) => view.cancer!)) };
  };
}

async function computeHeatmap(model: DreamNet, view: StoredView, flip: boolean): Promise<StoredHeatmap> {
  const grid = toGrid(await view.read(), { flip });
  const heatmap = tidy(() => model.heatmap(toTensor(grid)));
  const [, rows, columns, classes] = heatmap.shape;
  const values = (await heatmap.data()) as Float32Array;
  heatmap.dispose();
  return { values, shape: [rows, columns, classes] };
}
