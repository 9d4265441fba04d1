// The graphs
export { type Mode, type Model, parameterCount } from "./model.ts";
export { type DetectorNet, type DetectorNetOptions, detectorNet, detectorNetDefaults } from "./detectorNet.ts";
export { type DreamNet, type DreamNetOptions, dreamNet, dreamNetDefaults } from "./dreamNet.ts";
export { fromDetector } from "./fromDetector.ts";
export { type RetinaNet, type RetinaNetOptions, type RetinaOutputs, retinaNet, retinaNetDefaults } from "./retinaNet.ts";

export { type CaracNet, type CaracNetOptions, caracNet, caracNetDefaults, type LesionCrops } from "./caracNet.ts";
export { type CaracNetSymmetry, type CaracNetSymmetryOptions, caracNetSymmetry, caracNetSymmetryDefaults } from "./caracNetSymmetry.ts";
export { type DreamNetSymmetry, type DreamNetSymmetryOptions, dreamNetSymmetry } from "./dreamNetSymmetry.ts";
export { type AsymMirai, type AsymMiraiOptions, asymMirai, asymMiraiDefaults } from "./asymMirai.ts";
export type { Pair } from "./blocks/pair.ts";

// What their logits and cells stand for
export { type DetectorClass, detectorClasses, detectorClassOf, kindOfClass, malignantClasses } from "./detectorClasses.ts";
export { kindClasses, lesionLabel, pathologyClasses } from "./lesionClasses.ts";
export { type LesionPlace, lesionGeometry, lesionGeometryNames } from "./lesionGeometry.ts";
export { cellBox, cellCenter, cellsAlong, type FeatureMap, type MapGeometry } from "./blocks/mapGeometry.ts";

// A view through a graph
export { toBatch, toTensor } from "./run/toBatch.ts";
export { type Crop, type CropOptions, crop, type StoredGrid } from "./run/crop.ts";
export {
  type Augmentation,
  type AugmentationRanges,
  augmentIntensity,
  drawAugmentation,
  type IntensityAugmentation,
} from "./augment/augmentation.ts";
export type { Elastic } from "./augment/elastic.ts";
export { boxInCrop } from "./augment/boxInCrop.ts";
export { type CropAroundOptions, contextTimes, cropAround, fineTimes } from "./run/lesionCrops.ts";
export { classifyView, classifyViews } from "./run/classifyView.ts";
export { classifyPair, type PairOfProbabilities, type PairOfViews } from "./run/classifyPair.ts";
export { detectLesions, type LesionDetection } from "./run/detectLesions.ts";
export { type Characterization, type CharacterizeOptions, characterizeLesions, type ProposedLesion } from "./run/characterizeLesions.ts";
export { compareLesions, oppositePlace, type ViewWithNipple } from "./run/compareLesions.ts";
export type { Flip, FlipOptions } from "./run/flips.ts";
export { type Graph, type PlainArray, type Runner, type RunnerOptions, tfjsRunner } from "./run/runner.ts";
export { ModelError, type ModelErrorCode } from "./modelError.ts";
export { examinePair } from "./run/examinePair.ts";
export { type Examination, examineView, type HeatmapLogits } from "./run/examineView.ts";
export { type ViewFeatures, viewFeatures } from "./run/viewFeatures.ts";
export { type HeatmapPeak, type HeatmapPeaksOptions, heatmapPeaks } from "./run/heatmapPeaks.ts";
export { cellLogOdds, highestLogOdds } from "./run/cellLogOdds.ts";
export { type MalignancyMap, malignancyMap } from "./run/malignancyMap.ts";

// Weights
export { importWeights, loadWeights, saveWeights } from "./weights.ts";
