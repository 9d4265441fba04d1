// Trained models
export { type FamilyModel, type FamilyName, type FamilyOptions, families, familyNames, type ModelOfFamily } from "./bundle/families.ts";
export type { Family, FamilyExamination, SuspiciousPlace, ViewOfExam } from "./bundle/families/family.ts";
export { type Bundle, openBundle } from "./bundle/bundle.ts";
export { type BundleFile, type BundleMember, bundleFileName } from "./bundle/bundleFile.ts";
export { loadMember, type MemberOptions, withMember } from "./bundle/loadMember.ts";
export type { Provenance } from "./run/provenance.ts";

// Images of an exam to its scores
export { fastestRunner, type RunnerKind, type RunnerTrial, tfjsKind } from "./score/fastestRunner.ts";
export type { MemberRunnerOptions } from "./score/examineExams.ts";
export { type ExamImages, type ScoredExam, scoreExam } from "./score/scoreExam.ts";
export { type ScoreCohortOptions, scoreCohort } from "./score/scoreCohort.ts";
export type { ExaminedView, ImageReport, PlacedFinding, PlacedReport } from "./score/placedReport.ts";
export type { PooledExamination } from "./score/examineExams.ts";

// Views to breasts, and how well they are told apart
export { type BreastPrediction, poolBreasts, predictViews, type ViewPrediction } from "./predict/predictViews.ts";
export { type ValidationMetrics, validate } from "./predict/validate.ts";
export { calibrateOnValidation } from "./predict/calibrateOnValidation.ts";
export { type CalibrationMetrics, evaluateCalibration } from "./predict/evaluateCalibration.ts";
export { evaluateTestSet, type Interval, type TestMetrics } from "./predict/evaluateTestSet.ts";
export { predictionTables } from "./predict/predictionTables.ts";

// Predictions against labels
export type { Rows } from "./evaluation/rows.ts";
export { type CaseColumns, type Cases, type Column, commonLabel, joinCases } from "./evaluation/joinCases.ts";
export { type MergedPredictions, type MergeOptions, mergePredictions } from "./evaluation/mergePredictions.ts";
export { type Analysis, type AnalysisOptions, analyze, analyzeInSteps } from "./evaluation/analyze.ts";
export { describeAnalysis, type Table, tablesOf } from "./evaluation/tables.ts";
export { type Figure, figuresOf } from "./evaluation/figures.ts";
export { isLongStudy, type ReaderStudy, readStudy, type StudyColumns } from "./evaluation/readStudy.ts";
export { analyzeStudy, type StudyAnalysis, type StudyOptions } from "./evaluation/analyzeStudy.ts";
export { describeStudy, studyTables } from "./evaluation/studyTables.ts";
export { studyFigures } from "./evaluation/studyFigures.ts";
export { htmlReport } from "./evaluation/htmlReport.ts";
export type { ReportContent } from "./evaluation/markdownReport.ts";

// Devices against each other
export { type Measurement, measureImage } from "./standardization/measure.ts";
export { type Drift, drift } from "./standardization/drift.ts";
export { type DeviceSample, driftReport, type UnreadImage } from "./standardization/driftReport.ts";
export { deviceSamples } from "./standardization/deviceSamples.ts";
export { type Bimodality, bimodality } from "./standardization/bimodality.ts";
export { type SegmentedSource, segmentSource } from "./standardization/segmentSource.ts";
export { sheetFigure, sheetPage } from "./standardization/contactSheet.ts";
export { manifestHeads, manifestRow, standardPng } from "./standardization/imageManifest.ts";

// A site and its devices, without labels
export { type AlignOptions, alignDevice, alignScore, type DeviceAlignment } from "./site/alignDevice.ts";
export { type AlarmChart, type AlarmOptions, type AlarmState, type DeviceAlarm, deviceAlarm, startAlarm, watchExam } from "./site/deviceAlarm.ts";
export type { Increments } from "./site/falseAlarms.ts";
export { type RecallRate, type SiteExam, type SiteOptions, type SiteReport, type SiteRow, siteReport } from "./site/siteReport.ts";
export { siteTables } from "./site/siteTables.ts";

// Pages
export { page, pageFoot } from "./page/page.ts";
export { htmlTable } from "./page/htmlTable.ts";
export { type ViewFigure, viewFigure } from "./page/viewFigure.ts";
export { leftOutHtml, type ScoreOrigin, scoredExamHtml, scoreNotice, scorePageFoot, scorePageHead, unreadHtml } from "./score/scorePage.ts";
export { type LeftOutReason, leftOutReasons } from "./score/leftOutReasons.ts";

// What goes wrong
export { PipelineError, type PipelineErrorCode } from "./pipelineError.ts";
