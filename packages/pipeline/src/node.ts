// Trained models on the disk
export { algorithmOf, loadBundle, saveBundle, saveMember } from "./bundle/bundleFolder.ts";
export { type MarkdownReport, markdownReport } from "./evaluation/markdownReport.ts";
// Tables and folders that a user names
export { readRows } from "./evaluation/readRows.ts";
export type { Progress } from "./progress.ts";
export { latestExams, phantomCohort } from "./recipes/dream/cohorts.ts";
export { type HeatmapBatch, heatmapBatches } from "./recipes/dream/heatmapBatches.ts";
export { type PatchBatch, patchBatches } from "./recipes/dream/patchBatches.ts";
export { type DreamData, type DreamDataOptions, prepareDream } from "./recipes/dream/prepareDream.ts";
export type { StageSummary } from "./recipes/dream/runStage.ts";
export { shuffleLabels, validateUntrained } from "./recipes/dream/sanity.ts";
export { type SplitViews, splitViews } from "./recipes/dream/splitViews.ts";
export { metricsTable, type RunSummary, type Summary, stageTable } from "./recipes/dream/summary.ts";
export { checkSanity, type SanityMetrics, type TestedDream, testDream } from "./recipes/dream/testDream.ts";
export { type DreamTraining, type TrainedDream, trainDream } from "./recipes/dream/trainDream.ts";
// The recipe of the DREAM challenge's winner
export { type StageConfig, type StageName, stageNames, type TrainingConfig, trainingConfig } from "./recipes/dream/trainingConfig.ts";
export { validateModel } from "./recipes/dream/validateModel.ts";
export { type BatchOptions, type ViewBatch, viewBatches } from "./recipes/dream/viewBatches.ts";
export { type ComputedOn, describeBackend, readProvenance } from "./run/readProvenance.ts";
// The run of a recipe
export { openRunFolder, type RunFolder } from "./run/runFolder.ts";
// Files of exams to scores and to DICOM objects
export { type ChosenExam, chooseExams } from "./score/chooseExams.ts";
export { type DicomObject, dicomObjects } from "./score/dicomObjects.ts";
export { type ReadExam, readExamImage, readExams } from "./score/readExams.ts";
export { type ImageSource, listSources, type SourceKind, sourceKinds } from "./standardization/listSources.ts";
export { type ImageStoreOptions, type StoredLesion, type StoredPixels, type StoredView, storeImages } from "./store/imageStore.ts";
