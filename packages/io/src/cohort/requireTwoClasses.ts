import type { Cohort } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";

/**
 * Returns the cohort if training and scoring can use it.
 *
 * @throws CohortError `one-class` unless it has breasts with and breasts without cancer.
 */
export function requireTwoClasses(cohort: Cohort): Cohort {
  for (const label of [0, 1] as const) {
    if (cohort.images.some((image) => image.cancer === label)) continue;
    throw new CohortError("one-class", `Expected breasts with cancer (1) and without (0), got none labeled ${label}`);
  }
  return cohort;
}
