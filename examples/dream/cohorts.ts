import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Cohort, type CohortImage, readDreamCohort, readMiasCohort, requireTwoClasses } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import { groupBy } from "../shared/groupBy.ts";
import { UsageError } from "../shared/program.ts";
import { progress } from "../shared/progress.ts";

export const cohortNames = ["phantom", "dream", "mias"] as const;
export type CohortName = (typeof cohortNames)[number];

/** The cohort asked for; a phantom one is made first, or what is missing of it. */
export async function openCohort(
  name: CohortName,
  options: { readonly out: string; readonly data?: string | undefined; readonly women: number; readonly seed: number },
): Promise<Cohort> {
  if (name === "phantom") return makePhantomCohort(join(options.out, "cohort"), options);
  if (!options.data) throw new UsageError(`Expected --data DIR with --cohort ${name}`);
  return requireTwoClasses(name === "mias" ? await readMiasCohort(options.data) : await readDreamCohort(options.data));
}

async function makePhantomCohort(folder: string, { women, seed }: { readonly women: number; readonly seed: number }): Promise<Cohort> {
  const shown = progress("phantom cohort", women);
  for await (const { done } of writeCohort({ folder, women, seed, workers: availableParallelism() })) shown.update(done);
  shown.end(`${women} women`);
  return requireTwoClasses(await readDreamCohort(folder));
}

/** The images of each woman's latest exam: the one that the labels speak of. */
export function latestExams({ images, exams }: Cohort): CohortImage[] {
  const latest = new Map(
    [...groupBy(exams, ({ woman }) => woman)].map(([woman, own]) => [woman, own.reduce((a, b) => (b.examIndex > a.examIndex ? b : a)).id]),
  );
  return images.filter(({ woman, exam }) => latest.get(woman) === exam);
}
