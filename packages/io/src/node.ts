// Files and exams
export { fileSource } from "./dicom/fileSource.ts";
export { type ExamFiles, type ExamImage, type GroupedExams, groupExams } from "./exam/groupExams.ts";
export { readExamImage } from "./exam/readExamImage.ts";

// Reading files from anywhere, in threads
export { type MammogramFileReader, type MammogramReaderOptions, mammogramReader } from "./scale/reader/mammogramReader.ts";
export type { MammogramReader, WorkerReadOptions } from "./scale/reader/reader.ts";
export { inOrder } from "./scale/threads/inOrder.ts";

// Tables in Parquet, in a thread
export { type ParquetRow, parquetRows } from "./scale/threads/parquetRows.ts";

// Cohorts
export type { Annotation, Cohort, CohortExam, CohortImage } from "./cohort/cohort.ts";
export { type CohortMammogram, readCohortImage, readCohortMammogram } from "./cohort/readCohortImage.ts";
export { requireTwoClasses } from "./cohort/requireTwoClasses.ts";
export { type CohortLayout, cohortReaders } from "./cohort/cohortReaders.ts";
export { readTableCohort } from "./cohort/readTableCohort.ts";
export { readDreamCohort } from "./cohort/readDreamCohort.ts";
export { readMiasCohort } from "./cohort/readMiasCohort.ts";
export { type CbisOptions, readCbisCohort } from "./cohort/readCbisCohort.ts";
export { type LesionCrop, readCbisCrops, readLesionCrop } from "./cohort/readCbisCrops.ts";
export { readDdsmCohort } from "./cohort/readDdsmCohort.ts";
export { type InbreastOptions, readInbreastCohort } from "./cohort/readInbreastCohort.ts";
export { CohortError, type CohortErrorCode } from "./cohort/cohortError.ts";
