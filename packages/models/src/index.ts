// The graphs
export type { Mode, Model } from "./model.ts";
export { type DetectorNet, type DetectorNetOptions, detectorNet, detectorNetDefaults } from "./detectorNet.ts";
export { type DreamNet, type DreamNetOptions, dreamNet, dreamNetDefaults } from "./dreamNet.ts";
export { fromDetector, type Inheritance } from "./fromDetector.ts";

// A view through a graph
export { type Grid, toBatch, toTensor } from "./grid.ts";
export { classifyView, classifyViews } from "./classifyView.ts";
export { type Examination, examineView, type HeatmapLogits } from "./examineView.ts";
export { type Box, type HeatmapPeak, type HeatmapPeaksOptions, heatmapPeaks } from "./heatmapPeaks.ts";

// Weights
export { loadWeights, parameterCount, saveWeights, WeightsError } from "./weights.ts";
