import { availableParallelism } from "node:os";
import { type Cohort, type CohortImage, readDreamCohort, requireTwoClasses } from "@mammo/io/node";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import type { CohortOptions } from "@mammo/phantom";
import { writeCohort } from "@mammo/phantom/node";
import { groupBy } from "../../groupBy.ts";
import type { Progress } from "../../progress.ts";

/** A phantom cohort in a folder, in the challenge's layout; what is missing of it is made first. Yields after each exam. */
export async function* phantomCohort(
  folder: string,
  options: Partial<CohortOptions> & Pick<CohortOptions, "women" | "seed"> & { readonly phase?: string },
): AsyncGenerator<Progress, Cohort> {
  requireKnownKeys("phantomCohort", options, {
    seed: true,
    women: true,
    cancerShare: true,
    benignShare: true,
    kinds: true,
    conspicuity: true,
    priorShare: true,
    missingViewShare: true,
    extraViewShare: true,
    oneBreastShare: true,
    skinMarkers: true,
    devices: true,
    deviceMix: true,
    phase: true,
  });
  const { phase = "phantom cohort", ...plan } = options;
  for await (const { done, total } of writeCohort({ folder, ...plan, workers: availableParallelism() })) yield { phase, done, total };
  return { ...requireTwoClasses(await readDreamCohort(folder)), name: "phantom" };
}

/** The cohort's images of each woman's latest exam that has any: the one that the labels speak of. Masked breasts are left out. */
export function latestExams(cohort: Cohort): Cohort {
  const index = new Map(cohort.exams.map(({ id, examIndex }) => [id, examIndex]));
  const images = [...groupBy(cohort.images, ({ patientId }) => patientId).values()].flatMap((own): CohortImage[] => {
    const latest = minMax(own.map(({ exam }) => index.get(exam)!))[1];
    return own.filter(({ exam, cancer }) => index.get(exam) === latest && cancer !== undefined);
  });
  return { ...cohort, images };
}
