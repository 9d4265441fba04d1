// The graphs
export { type Mode, type Model, parameterCount } from "./model.ts";
export { type DetectorNet, type DetectorNetOptions, detectorNet, detectorNetDefaults } from "./detectorNet.ts";
export { type DreamNet, type DreamNetOptions, dreamNet, dreamNetDefaults } from "./dreamNet.ts";
export { fromDetector } from "./fromDetector.ts";

// What their logits and cells stand for
export { type DetectorClass, detectorClasses, detectorClassOf, kindOfClass, malignantClasses } from "./detectorClasses.ts";
export { cellBox, cellCenter, cellsAlong, type FeatureMap, type MapGeometry } from "./blocks/mapGeometry.ts";

// A view through a graph
export { toBatch, toTensor } from "./run/toBatch.ts";
export { type Crop, type CropOptions, crop, type StoredGrid } from "./run/crop.ts";
export { classifyView, classifyViews } from "./run/classifyView.ts";
export { type Examination, examineView, type HeatmapLogits } from "./run/examineView.ts";
export { type HeatmapPeak, type HeatmapPeaksOptions, heatmapPeaks } from "./run/heatmapPeaks.ts";
export { cellLogOdds, highestLogOdds } from "./run/cellLogOdds.ts";
export { type MalignancyMap, malignancyMap } from "./run/malignancyMap.ts";

// Weights
export { loadWeights, saveWeights } from "./weights.ts";
