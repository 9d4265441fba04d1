// Cohorts: which women, exams, lesions, devices and views
export { type CohortOptions, cohortDefaults, type ExamSpec, planCohort } from "./cohort/plan.ts";
export { annotationsTable, crosswalkTable, type ImageRow, metadataTable } from "./cohort/tables.ts";

// One image and its truth
export { type LesionTruth, type PhantomImage, renderView, type ViewSpec, type ViewTruth, viewTruth } from "./render/renderView.ts";
export { type PhantomView, type Point3, type Pose, patientOrientation } from "./view.ts";
export { type Device, devices, type VoiFunction, voiWindow } from "./device.ts";

// What is in it
export { type Blob, type Grain, growLesion, type Lesion, type LesionOptions, type Line } from "./lesion.ts";

// Files
export { encodeDicom } from "./dicom/mammogram.ts";
export { encodeJpegLossless } from "./jpegLossless.ts";
