// Where things are in an image
export { type Box, boxCenter, iou, requireExtent } from "./box.ts";
export {
  type Affine2d,
  applyAffine,
  boxFromSource,
  boxToSource,
  fromSourcePoint,
  invertAffine,
  type MappedToSource,
  mapBox,
  type Point,
  toSourcePoint,
} from "./affine2d.ts";
export type { Grid } from "./grid.ts";

// What is looked at, and for what
export { isViewPosition, type Laterality, type ViewPosition, viewPositions } from "./view.ts";
export { type ViewCode, viewCodes } from "./viewCodes.ts";
export { type LesionKind, lesionKinds } from "./lesionKind.ts";

// What a caller wrote
export { probablyMeant } from "./probablyMeant.ts";
export { requireKnownKeys } from "./requireKnownKeys.ts";

// Numbers
export { keyedRandom, keyHash, permutation, type Random } from "./keyedRandom.ts";
export { minMax } from "./minMax.ts";
export { type IsotonicBlock, poolAdjacentViolators } from "./poolAdjacentViolators.ts";
export { quantile, sortedNumbers } from "./quantile.ts";
export { type Sorted, sortNumbers, sortOrder } from "./sortOrder.ts";
