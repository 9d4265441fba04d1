import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@mammo/files/node";
import { type Diagnosis, diagnose } from "@mammo/train";
import { dynamicsFileName, readDynamics } from "@mammo/train/node";
import { diagnosisPage } from "./diagnosisPage.ts";

/**
 * Writes diagnosis.html into a run's folder from what its stages observed (`diagnose: true` of the recipes), and gives what looks wrong; undefined where no step was observed.
 *
 * @example for (const { stage, layer, text } of (await writeDiagnosis("runs/phantom")) ?? []) console.log(stage, layer, text);
 */
export async function writeDiagnosis(folder: string): Promise<readonly Diagnosis[] | undefined> {
  const ending = dynamicsFileName("");
  const names = (await readdir(join(folder, "checkpoints")).catch(() => [])).filter((name) => name.endsWith(ending));
  const logs = await Promise.all(names.map((name) => readDynamics(join(folder, "checkpoints", name))));
  const steps = logs
    .filter(({ length }) => length > 0)
    .sort(([a], [b]) => a!.time - b!.time)
    .flat();
  if (steps.length === 0) return undefined;
  await writeFileAtomically(join(folder, "diagnosis.html"), diagnosisPage(steps));
  return diagnose(steps);
}
