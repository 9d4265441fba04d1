export type { Annotation, Cohort, CohortExam, CohortImage, LesionKind } from "./cohort/cohort.ts";
export { CohortError, type CohortErrorCode } from "./cohort/cohortError.ts";
export { type CbisOptions, readCbisCohort } from "./cohort/readCbisCohort.ts";
export { readCohortImage } from "./cohort/readCohortImage.ts";
export { readDreamCohort } from "./cohort/readDreamCohort.ts";
export { readMiasCohort } from "./cohort/readMiasCohort.ts";
export { requireTwoClasses } from "./cohort/requireTwoClasses.ts";
export { fileSource } from "./fileSource.ts";
export { type MammogramReader, mammogramReader, type WorkerReadOptions } from "./mammogramReader.ts";
