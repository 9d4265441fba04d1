export { type CohortProgress, type CohortSummary, type WriteCohortOptions, writeCohort } from "./cohort/writeCohort.ts";
export { fileNameOf, writeExam } from "./cohort/writeExam.ts";
