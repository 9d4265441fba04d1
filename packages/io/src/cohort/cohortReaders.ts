import type { Cohort } from "./cohort.ts";
import { readCbisCohort } from "./readCbisCohort.ts";
import { readDdsmCohort } from "./readDdsmCohort.ts";
import { readDreamCohort } from "./readDreamCohort.ts";
import { readInbreastCohort } from "./readInbreastCohort.ts";
import { readMiasCohort } from "./readMiasCohort.ts";
import { readTableCohort } from "./readTableCohort.ts";

/**
 * The layouts of cohorts by the names that programs take for them, each a function from a folder (for `table` a CSV file) to the cohort.
 *
 * @example const cohort = await cohortReaders.mias("path/to/mini-MIAS");
 */
export const cohortReaders = {
  dream: readDreamCohort,
  mias: readMiasCohort,
  cbis: readCbisCohort,
  ddsm: readDdsmCohort,
  inbreast: readInbreastCohort,
  table: readTableCohort,
} as const satisfies Readonly<Record<string, (path: string) => Promise<Cohort>>>;

/** One of the names of `cohortReaders`. */
export type CohortLayout = keyof typeof cohortReaders;
