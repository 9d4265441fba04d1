import { cellCenter, cellLogOdds, type DetectorNet, detectorClasses, toTensor } from "@mammo/models";
import type { ScoredPlace } from "@mammo/train";
import { slice, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { toGrid } from "../dream/viewBatches.ts";

const lesions = detectorClasses.filter((name) => name !== "background");

/** Each cell of a film's heatmap whose middle is tissue, with its log-odds of any lesion: what `mineNegatives` chooses from. */
export async function scoreCells(detector: DetectorNet, view: Pick<StoredView, "read">): Promise<ScoredPlace[]> {
  const grid = toGrid(await view.read());
  const { geometry } = detector;
  const heatmap = tidy(() => {
    const all = detector.apply(toTensor(grid)); // [1, rows, columns, classes and traits]
    return slice(all, [0, 0, 0, 0], [1, all.shape[1], all.shape[2], detectorClasses.length]) as Tensor4D;
  });
  const [, rows, columns] = heatmap.shape;
  const logits = (await heatmap.data()) as Float32Array;
  heatmap.dispose();
  const logOdds = cellLogOdds({ logits, rows, columns, classes: detectorClasses, geometry }, lesions);
  return Array.from(logOdds, (score, cell) => {
    const center = [cellCenter(Math.floor(cell / columns), geometry), cellCenter(cell % columns, geometry)] as const;
    return { center, score };
  }).filter(({ center: [row, column] }) => grid.pixels[Math.floor(row) * grid.columns + Math.floor(column)]! > 0);
}
