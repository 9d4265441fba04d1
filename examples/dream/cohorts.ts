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

/** The images of each woman's latest exam that has any: the one that the labels speak of. Masked breasts are left out. */
export function latestExams({ images, exams }: Cohort): CohortImage[] {
  const index = new Map(exams.map(({ id, examIndex }) => [id, examIndex]));
  return [...groupBy(images, ({ woman }) => woman).values()].flatMap((own) => {
    const latest = Math.max(...own.map(({ exam }) => index.get(exam)!));
    return own.filter(({ exam, cancer }) => index.get(exam) === latest && cancer !== undefined);
  });
}
