export { classifyView, classifyViews } from "./classifyView.ts";
export { type DetectorNet, type DetectorNetOptions, detectorNet, detectorNetDefaults } from "./detectorNet.ts";
export { type DreamNet, type DreamNetOptions, dreamNet, dreamNetDefaults } from "./dreamNet.ts";
export { type Examination, examineView, type HeatmapLogits } from "./examineView.ts";
export { fromDetector, type Inheritance } from "./fromDetector.ts";
export { type Grid, toBatch, toTensor } from "./grid.ts";
export { type Box, type HeatmapPeak, type HeatmapPeaksOptions, heatmapPeaks } from "./heatmapPeaks.ts";
export type { Mode, Model } from "./model.ts";

export { loadWeights, parameterCount, saveWeights, WeightsError } from "./weights.ts";
