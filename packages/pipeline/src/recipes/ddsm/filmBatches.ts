// Batches of S2: whole films with their labels, shifted under the heatmap's grid, and what each cell should say.
import { keyedRandom, type Random } from "@mammo/mammogram";
import { augmentIntensity, detectorClasses, type MapGeometry, toBatch } from "@mammo/models";
import { type Tensor1D, type Tensor2D, type Tensor4D, tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { type BatchOptions, drawViews, toGrid } from "../dream/viewBatches.ts";
import { cellLabels } from "./cellLabels.ts";

/** Pixels [B, rows, columns, 1] in [0, 1]; labels [B], 0 or 1; cells [B · cells, classes], the weights of `cellLabels`. */
export type FilmBatch = { readonly pixels: Tensor4D; readonly labels: Tensor1D; readonly cells: Tensor2D };

/** Half the heatmap's stride: under the grid a lesion then lies anywhere. */
const reach = 32;

/** Batches, step by step: balanced by class and by patient, upside down half of the time, shifted, of another exposure. Each a pure function of the step. */
export function filmBatches(views: readonly StoredView[], geometry: MapGeometry, options: BatchOptions): (step: number) => Promise<FilmBatch> {
  const draw = drawViews(views, options);
  return async (step) => {
    const random = keyedRandom(options.seed, "film", step);
    const films = [];
    for (const { view, flip } of draw(step)) films.push(await drawFilm(random, view, flip));
    const cells = films.flatMap(({ view }) => Array.from(cellLabels(view, geometry)));
    return {
      pixels: toBatch(films.map(({ grid }) => grid)),
      labels: tensor1d(films.map(({ view }) => view.cancer!)),
      cells: tensor2d(cells, [cells.length / detectorClasses.length, detectorClasses.length]),
    };
  };
}

async function drawFilm(random: Random, view: StoredView, flip: boolean) {
  const { rows, columns } = view;
  const { pixels } = toGrid(await view.read(), { flip });
  const [down, right] = [random.whole(-reach, reach), random.whole(0, reach)];
  const gamma = Math.exp(random.between(-0.2, 0.2));
  const moved = new Float32Array(pixels.length);
  for (let row = Math.max(0, down); row < Math.min(rows, rows + down); row++)
    moved.set(pixels.subarray((row - down) * columns, (row - down + 1) * columns - right), row * columns + right);
  augmentIntensity(moved, { gamma });
  const lesions = view.lesions.map((lesion) => {
    const { top, left, bottom, right: end } = lesion.box;
    const [first, last] = flip ? [rows - bottom, rows - top] : [top, bottom];
    return { ...lesion, box: { top: first + down, left: left + right, bottom: last + down, right: end + right } };
  });
  return { grid: { pixels: moved, rows, columns }, view: { ...view, lesions } };
}
