import { calibrate } from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import { readExam } from "@mammo/io";
import { detectorClasses, malignancyMap } from "@mammo/models";
import { encodeDicom, planCohort, renderView } from "@mammo/phantom";
import type { ExaminedView } from "../src/index.ts";

/** The images of a synthetic woman with all four views. */
export async function phantomImages(seed: number): Promise<readonly StandardImage[]> {
  const whole = planCohort({ seed, women: 8, missingViewShare: 0, extraViewShare: 0, oneBreastShare: 0 }).find(({ images }) => images.length === 4)!;
  return (await readExam(whole.images.map((view) => encodeDicom(renderView(view))))).images;
}

/** A cell of a heatmap, and the logit of its malignant masses there. */
export interface HotCell {
  readonly row: number;
  readonly column: number;
  readonly logit: number;
}

const [rows, columns] = [32, 20];
const geometry = { stride: 32, offset: 96, cellSize: 192, receptiveField: 443 };

/** A view as if members had examined it: its logit is the highest of the cells', and all other cells are cold. */
export function examined(image: StandardImage, file: string, cells: readonly HotCell[]): ExaminedView {
  const logits = new Float32Array(rows * columns * detectorClasses.length).fill(-8);
  const at = (cell: number, name: (typeof detectorClasses)[number]) => cell * detectorClasses.length + detectorClasses.indexOf(name);
  for (let cell = 0; cell < rows * columns; cell++) logits[at(cell, "background")] = 8;
  for (const { row, column, logit } of cells) {
    logits[at(row * columns + column, "background")] = 0;
    logits[at(row * columns + column, "malignantMass")] = logit;
  }
  const heatmap = { logits, rows, columns, classes: detectorClasses, geometry };
  const probability = calibrate({ kind: "platt", slope: 1, intercept: 0 }, Math.max(...cells.map(({ logit }) => logit)));
  return { file, image, probability, heatmap, malignancy: malignancyMap(heatmap), places: [] };
}

/** The cell whose middle is nearest to a place so many mm straight behind the nipple and so many above it. */
export function cellBehind({ nipple, mmPerPixel }: StandardImage, mm: number, above = 0): { readonly row: number; readonly column: number } {
  const index = (pixel: number) => Math.round((pixel - geometry.offset) / geometry.stride);
  return { row: index(nipple[0] - above / mmPerPixel), column: Math.max(0, index(nipple[1] - mm / mmPerPixel)) };
}
