// Trained models on the disk
export { algorithmOf, loadBundle, saveBundle, saveMember } from "./bundle/bundleFolder.ts";

// Files of exams to scores and to DICOM objects
export {
  type ChooseExamsOptions,
  type ChosenExam,
  type ChosenImage,
  chooseExams,
  type LeftOutFile,
  type UnreadableFile,
  type UnreadableOptions,
} from "./score/chooseExams.ts";
export { type ImageReader, type ReadExam, type ReadExamsOptions, readExams } from "./score/readExams.ts";
export { type DicomObject, dicomObjects } from "./score/dicomObjects.ts";
export { type ScoredStudy, studiesOf } from "./score/studiesOf.ts";
export { type CohortPredictions, type PredictCohortOptions, predictCohort } from "./predict/predictCohort.ts";

// Which files, and what is said of those that do not say it themselves
export { filesOf, type NamedFile, type NamedFiles } from "./reading/filesOf.ts";
export type { FileReading } from "./reading/fileReading.ts";
export type { ReadingNeeds, ReadingRules } from "./reading/readingRules.ts";
export { type ReadingProfile, type ReadingProfileName, readingProfiles } from "./reading/readingProfiles.ts";
export { readViewTable, type ViewTable } from "./reading/viewTable.ts";

// A bundle calibrated anew
export { type RecalibrateOptions, type Recalibration, recalibrate } from "./calibration/recalibrate.ts";
export { readBreasts } from "./calibration/readBreasts.ts";
export { saveRecalibrated } from "./calibration/saveRecalibrated.ts";

// A screening programme: scores before cancers, and group by group
export {
  type EarlierExams,
  type GroupCalibration,
  type OperatingRow,
  type ProgrammeExam,
  type ProgrammeReport,
  programmeReport,
  type ScoreDistribution,
} from "./programme/programmeReport.ts";
export { programmeTables } from "./programme/programmeTables.ts";
export { programmePage } from "./programme/programmePage.ts";
export { type ProgrammeTables, readProgrammeExams } from "./programme/readProgrammeExams.ts";

// The run of a recipe: its folder, its images, where its numbers come from
export { openRunFolder, type RunFolder } from "./run/runFolder.ts";
export { type ImageStoreOptions, type StoredLesion, type StoredPixels, type StoredView, storeImages } from "./store/imageStore.ts";
export { type ComputedOn, describeBackend, readProvenance, readVersions } from "./run/readProvenance.ts";
export type { Progress } from "./progress.ts";

// The recipe of the DREAM challenge's winner, from the data to the report
export {
  type FamilyStage,
  type LaterFamily,
  laterFamilies,
  type StageConfig,
  parseRecipe,
  type RecipeName,
  recipeNames,
  type StageName,
  stageNames,
  type TrainingConfig,
  trainingConfig,
} from "./recipes/dream/trainingConfig.ts";
export { type InstanceResult, type InstanceTraining, trainInstance } from "./recipes/dream/trainInstance.ts";
export type { MemberMetrics, SeenBreasts } from "./recipes/dream/compareMembers.ts";
export { type DreamResult, type DreamRun, runDream } from "./recipes/dream/runDream.ts";
export { writeDiagnosis } from "./recipes/stages/writeDiagnosis.ts";
export { phantomCohort } from "./recipes/dream/cohorts.ts";
export type { PairedCancers } from "./recipes/dream/pairCancers.ts";
export { calibrationTable, describePairs, metricsTable, type RunSummary, type Summary, stageTable } from "./recipes/dream/summary.ts";

// Its parts
export { type DreamData, type DreamDataOptions, type DreamInstance, prepareDream } from "./recipes/dream/prepareDream.ts";
export { type FamilyTraining, type TrainedFamilies, type TrainedMember, trainFamilies } from "./recipes/dream/trainFamilies.ts";
export { type DreamTraining, type StageSummary, type StageValidation, type TrainedDream, trainDream } from "./recipes/dream/trainDream.ts";
export { checkSanity, type SanityMetrics, type TestedDream, testDream } from "./recipes/dream/testDream.ts";
export { type SplitViews, splitViews } from "./recipes/dream/splitViews.ts";
export { type PatchBatch, patchBatches } from "./recipes/dream/patchBatches.ts";
export { type BatchOptions, type ViewBatch, viewBatches } from "./recipes/dream/viewBatches.ts";
export { type HeatmapBatch, heatmapBatches } from "./recipes/dream/heatmapBatches.ts";
export { validateModel } from "./recipes/dream/validateModel.ts";

// The recipe for densely annotated films
export { type DdsmConfig, ddsmConfig } from "./recipes/ddsm/ddsmConfig.ts";
export { type DdsmRun, runDdsm } from "./recipes/ddsm/runDdsm.ts";
export { type MassesRun, type MassesSummary, runMasses, type ScoredMass } from "./recipes/ddsm/runMasses.ts";
export type { FineSource } from "./recipes/ddsm/massBatches.ts";
export { foldCount } from "./recipes/ddsm/splitFold.ts";
export type { DdsmSummary } from "./recipes/ddsm/testDdsm.ts";
export { type PooledFolds, poolFolds } from "./recipes/ddsm/poolFolds.ts";
export { ddsmMetricsTable, ddsmStageTable } from "./recipes/ddsm/ddsmTables.ts";

// Shortcuts: what a net sees that is not disease, from a cohort to a page
export { probeMember } from "./probe/probeMember.ts";
export { examineForProbe, type ProbedCohort, type ProbedImage, type ProbedNet, type ProbeExample } from "./probe/examineForProbe.ts";
export { readTraits, type TraitTable } from "./probe/readTraits.ts";
export { type AskedTrait, type AskOptions, askDefaults, askTraits, type UnaskedTrait } from "./probe/askTraits.ts";
export { compareVariants, type VariantChange } from "./probe/compareVariants.ts";
export { type ProbeFindings, probeFindings } from "./probe/probeFindings.ts";
export { type VariantName, variantNames } from "./probe/variants.ts";
export { probeTables } from "./probe/probeTables.ts";
export { type ProbeSection, probePage } from "./probe/probePage.ts";

// The other graphs on phantoms
export { type GraphStage, type GraphsConfig, graphsConfig } from "./recipes/graphs/graphsConfig.ts";
export { type GraphName, graphNames } from "./recipes/graphs/trainGraphs.ts";
export { type GraphsRun, runGraphs } from "./recipes/graphs/runGraphs.ts";
export type { GraphsSummary, SymmetrySummary } from "./recipes/graphs/graphsSummary.ts";
export { type GraphKind, type GraphOf, graphLosses } from "./recipes/graphs/graphLosses.ts";
export { type RecipeBatches, type RecipeBatchesOptions, recipeBatches } from "./recipes/threads/recipeBatches.ts";
export type { BatchKind, BatchOf, OptionsOf } from "./recipes/threads/plainBatches.ts";
export { type WindowBatch, type WindowOptions, windowsOf } from "./recipes/graphs/windowBatches.ts";
export type { LesionBatch, LesionOptions, OppositeBatch } from "./recipes/graphs/lesionBatches.ts";
export type { PairBatch } from "./recipes/graphs/pairBatches.ts";
export type { FrocSummary, PairedAreas } from "./recipes/graphs/testGraphs.ts";
export { graphsTables } from "./recipes/graphs/graphsTables.ts";

// Tables and folders that a user names
export { type ReadRowsOptions, readRows } from "./evaluation/readRows.ts";
export { type DrawThread, startDrawThread } from "./evaluation/startDrawThread.ts";
export { type MarkdownReport, markdownReport } from "./evaluation/markdownReport.ts";
export { type LatexReport, latexReport } from "./evaluation/latexReport.ts";
export { type ImageSource, listSources, type SourceKind, sourceKinds } from "./standardization/listSources.ts";
