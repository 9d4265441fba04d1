// npm run cases -- --data ../shared/cases: files after public bug reports, each with its right answer; prints what came of each.
import { resolve } from "node:path";
import { program } from "@mammo/testing/program";
import { threshold, thresholdLine } from "@mammo/testing/threshold";
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
  for (const one of [...dicomCases, ...tableCases]) {
    const { outcome, note = "" } = await one.run(folder).catch((error: unknown) => ({ outcome: "untyped error" as const, note: String(error) }));
    counts.set(outcome, counts.get(outcome)! + 1);
    if (values.verbose || outcome !== "right") console.log(`${outcome.padEnd(25)}${one.path.padEnd(52)}${one.expected}${note ? `  [${note}]` : ""}`);
  }
  console.log("");
  for (const [outcome, count] of counts) console.log(`${outcome.padEnd(25)}${String(count).padStart(4)}`);
  console.log("");
  console.log(thresholdLine(threshold("cases.silently-wrong", counts.get("silently wrong")!, "<=", 0)));
  console.log(thresholdLine(threshold("cases.refused-though-readable", counts.get("refused though readable")!, "<=", 0)));
  console.log(thresholdLine(threshold("cases.untyped-errors", counts.get("untyped error")!, "<=", 0)));
});
