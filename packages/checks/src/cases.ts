// npm run cases -- --data ../shared/cases: files, tables and calls after public bug reports, each with its right answer; prints what came of each.
import { resolve } from "node:path";
import { program } from "@mammo/testing/program";
import { threshold, thresholdLine } from "@mammo/testing/threshold";
import { callCases } from "./cases/callCases.ts";
import { outcomes } from "./cases/case.ts";
import { dicomCases } from "./cases/dicomCases.ts";
import { tableCases } from "./cases/tableCases.ts";

const help = `npm run cases -- --data DIR [--verbose]
  --data     the folder with dicom and tables
  --verbose  every case, not only those that are not right`;

const options = { data: { type: "string" }, verbose: { type: "boolean", default: false } } as const;

await program({ help, options }, async (values) => {
  if (values.data === undefined) throw new Error("Expected --data DIR, the folder with dicom and tables");
  const folder = resolve(values.data);
  const counts = new Map(outcomes.map((outcome) => [outcome, 0]));
  for (const one of [...dicomCases, ...tableCases, ...callCases]) {
    const { outcome, note = "" } = await one.run(folder).catch((error: unknown) => ({ outcome: "untyped error" as const, note: String(error) }));
    counts.set(outcome, counts.get(outcome)! + 1);
    if (values.verbose || outcome !== "right") console.log(`${outcome.padEnd(25)}${one.path.padEnd(52)}${one.expected}${note ? `  [${note}]` : ""}`);
  }
  console.log("");
  for (const [outcome, count] of counts) console.log(`${outcome.padEnd(25)}${String(count).padStart(4)}`);
  console.log("");
  for (const [name, outcome] of [
    ["silently-wrong", "silently wrong"],
    ["refused-though-readable", "refused though readable"],
    ["untyped-errors", "untyped error"],
  ] as const) {
    const bar = threshold(`cases.${name}`, counts.get(outcome)!, "<=", 0);
    console.log(thresholdLine(bar));
    if (!bar.reached) process.exitCode = 1;
  }
});
