import { boxCenter } from "@mammo/mammogram";
import { cellCenter, cellsAlong, detectorClasses, detectorClassOf, type MapGeometry } from "@mammo/models";
import type { StoredLesion } from "../../store/imageStore.ts";
import { isTrainedOn } from "./lesionPatches.ts";

/** A cell whose middle is this near to a lesion, pixels, is neither on it nor background. */
const doubt = 48;

/** A cell is on a lesion whose middle lies this near to its own, or within this share of the lesion's size: what S1 has learned to name. */
const reach = 32;
const inner = 0.3;

/**
 * What each cell of a view's heatmap should say, as weights of the classes [cells, classes]: half of the weight is on the background cells together, half on those on lesions; cells in doubt have none.
 * A view without a lesion to learn from has background only. All weights sum to 1.
 */
export function cellLabels(
  view: { readonly rows: number; readonly columns: number; readonly lesions: readonly StoredLesion[] },
  geometry: MapGeometry,
): Float32Array {
  const [high, wide] = [cellsAlong(view.rows, geometry), cellsAlong(view.columns, geometry)];
  const classOf = (row: number, column: number): number | undefined => {
    let found: number | undefined = 0;
    for (const lesion of view.lesions) {
      const { top, left, bottom, right } = lesion.box;
      const [down, across] = boxCenter(lesion.box);
      const isOn =
        Math.abs(row - down) <= Math.max(reach, inner * (bottom - top)) && Math.abs(column - across) <= Math.max(reach, inner * (right - left));
      if (isOn && isTrainedOn(lesion)) return detectorClasses.indexOf(detectorClassOf(lesion));
      if (row > top - doubt && row < bottom + doubt && column > left - doubt && column < right + doubt) found = undefined;
    }
    return found;
  };
  const classes = Array.from({ length: high * wide }, (_, cell) =>
    classOf(cellCenter(Math.floor(cell / wide), geometry), cellCenter(cell % wide, geometry)),
  );
  const background = classes.filter((one) => one === 0).length;
  const onLesions = classes.filter((one) => one !== undefined && one > 0).length;
  const share = onLesions > 0 && background > 0 ? 0.5 : 1;
  const weights = new Float32Array(classes.length * detectorClasses.length);
  for (const [cell, one] of classes.entries())
    if (one !== undefined) weights[cell * detectorClasses.length + one] = share / (one === 0 ? background : onLesions);
  return weights;
}
