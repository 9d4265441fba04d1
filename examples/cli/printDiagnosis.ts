import { join } from "node:path";
import { writeDiagnosis } from "@mammo/pipeline/node";

/** Writes diagnosis.html and prints what looks wrong. */
export async function printDiagnosis(folder: string): Promise<void> {
  const found = await writeDiagnosis(folder);
  if (!found) return void process.stdout.write("no step was observed: stages that were finished before are not run again\n");
  for (const { stage, layer, text } of found) process.stdout.write(`${stage} ${layer} ${text}\n`);
  process.stdout.write(
    `${found.length === 0 ? "nothing looks wrong inside the net" : `${found.length} ${found.length === 1 ? "finding" : "findings"}`}; see ${join(folder, "diagnosis.html")}\n`,
  );
}
