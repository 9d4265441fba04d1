// S2-head's batches: the detector's heatmaps of whole views, computed once while the trunk rests.
import type { DreamNet } from "@mammo/models";
import { type Tensor1D, type Tensor4D, tensor1d, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { groupBy } from "../shared/groupBy.ts";
import { progress } from "../shared/progress.ts";
import { drawFrom } from "./random.ts";
import { loadPixels, type StandardView } from "./standards.ts";
import { copyView } from "./views.ts";

export type HeatmapBatch = { readonly heatmaps: Tensor4D; readonly labels: Tensor1D };

/** Batches of heatmaps, half from breasts with cancer; each a pure function of (seed, step), given the model's trunk. The heatmaps are made at the first call. */
export function heatmapBatches(
  model: DreamNet,
  views: readonly StandardView[],
): (options: { readonly seed: number; readonly step: number; readonly size: number }) => Promise<HeatmapBatch> {
  let store: readonly Stored[] | undefined;
  return async ({ seed, step, size }) => {
    store ??= await heatmapsOf(model, views);
    const draw = drawFrom("heatmap", seed, step);
    const classes = [0, 1].map((label) => [
      ...groupBy(
        store!.filter(({ view }) => view.cancer === label),
        ({ view }) => view.woman,
      ).values(),
    ]);
    const [, rows, columns, kinds] = store[0]!.shape;
    const values = new Float32Array(size * rows * columns * kinds);
    const labels = new Float32Array(size);
    for (let item = 0; item < size; item++) {
      const label = item % 2;
      values.set(draw.pick(draw.pick(draw.pick(classes[label]!)).values), item * rows * columns * kinds);
      labels[item] = label;
    }
    return { heatmaps: tensor4d(values, [size, rows, columns, kinds]), labels: tensor1d(labels) };
  };
}

interface Stored {
  readonly view: StandardView;
  readonly shape: readonly [1, number, number, number];
  /** As it lies and upside down: the same flips that whole views get. */
  readonly values: readonly Float32Array[];
}

async function heatmapsOf(model: DreamNet, views: readonly StandardView[]): Promise<Stored[]> {
  const shown = progress("heatmaps", views.length);
  const stored: Stored[] = [];
  for (const view of views) {
    const pixels = await loadPixels(view);
    const values: Float32Array[] = [];
    let shape: readonly number[] = [];
    for (const flip of [false, true]) {
      const out = new Float32Array(view.rows * view.columns);
      copyView(pixels, { rows: view.rows, columns: view.columns, flip }, out);
      const heatmap = tidy(() => model.heatmap(tensor4d(out, [1, view.rows, view.columns, 1])));
      values.push((await heatmap.data()) as Float32Array);
      shape = heatmap.shape;
      heatmap.dispose();
    }
    stored.push({ view, shape: shape as Stored["shape"], values });
    shown.update(stored.length);
  }
  shown.end(`${views.length} views`);
  return stored;
}
