import { join } from "node:path";
import { writeDiagnosis } from "@mammo/pipeline/node";
import type { Printer } from "./printer.ts";

/** Writes diagnosis.html and prints what looks wrong. */
export async function printDiagnosis({ say }: Printer, folder: string): Promise<void> {
  const found = await writeDiagnosis(folder);
  if (!found) return say("no step was observed: stages that were finished before are not run again\n");
  for (const { stage, layer, text } of found) say(`${stage} ${layer} ${text}\n`);
  say(
    `${found.length === 0 ? "nothing looks wrong inside the net" : `${found.length} ${found.length === 1 ? "finding" : "findings"}`}; see ${join(folder, "diagnosis.html")}\n`,
  );
}
